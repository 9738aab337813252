import { RelayBenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { AUDIT_COUNTS, type AuditCount } from '../metric/audit-counts.ts';
import {
  allMetricNames,
  baseLatency,
  type LatencyMetric,
  type MetricKind,
  metricKind,
} from '../metric/catalogue.ts';
import { COUNTER_MAPS, type CounterMapMetric } from '../metric/counter-maps.ts';
import { DRIFT_QUANTITIES, DRIFTS, driftQuantity } from '../metric/drifts.ts';
import { LATENCIES } from '../metric/latencies.ts';
import { type Labels, parseSeriesKey } from '../metric/series.ts';
import {
  AGGREGATIONS,
  type Aggregation,
  type Gate,
  type GateUnit,
  IMPLIED,
  type Operator,
} from './expression.ts';

const MAX_LENGTH = 200;
const SHAPE = /^([^\s{}<>=!]+) ?({[^{}]*})? ?([^\s{}<>=!]*) ?(<=|>=|==|!=|<|>|=) ?(.*)$/;
const LIMIT = /^(\d{1,15}(?:\.\d{1,9})?) ?(us|ms|s|%\/h|%|\/s|)$/;
/** What stands before ` over `, and what behind it. */
const WINDOW = /^(.*?) over ?(\S*)$/;
const EXAMPLE = 'for example "ack_latency p95 < 100ms"';

/** A gate, or what is wrong with its text. */
export type ParsedGate = { readonly gate: Gate } | { readonly problem: string };

/** Why the grammar or the catalogue refuses a text; thrown inside this file only. */
class Refusal extends Error {}

function refuse(problem: string): never {
  throw new Refusal(problem);
}

/**
 * Reads `<metric>[{label=value,…}] [p50|p75|p90|p95|p99|p999|max|mean|count|rate] <op> <value><unit> [over <seconds>s]` and
 * checks it against the metric catalogue.
 */
export function tryParseGate(text: string): ParsedGate {
  try {
    return { gate: parse(text) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    throw error;
  }
}

/** @throws RelayBenchError `GATE_INVALID` with every problem of every expression, one a line */
export function parseGates(expressions: readonly string[]): readonly Gate[] {
  const parsed = expressions.map((text) => ({ text, ...tryParseGate(text) }));
  const problems = parsed.flatMap((p) => ('problem' in p ? [`gate "${p.text}": ${p.problem}`] : []));
  if (problems.length > 0) throw gateError(problems);
  return parsed.flatMap((p) => ('gate' in p ? [p.gate] : []));
}

/** What is wrong with a gate's text, or null; for the loader of scenarios. */
export function gateProblem(text: string): string | null {
  const parsed = tryParseGate(text);
  return 'problem' in parsed ? parsed.problem : null;
}

/** The error of gates that can't be used, one problem a line. */
export function gateError(problems: readonly string[]): RelayBenchError {
  return new RelayBenchError(problems.join('\n'), {
    code: 'GATE_INVALID',
    hint: 'a gate is <metric>[{label=value}] [p50|p75|p90|p95|p99|p999|max|mean|count|rate] <op> <value><unit> [over 10s]',
  });
}

function parse(text: string): Gate {
  if (text.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  const { body, over } = splitWindow(text.trim().replace(/\s+/g, ' '));
  const match = SHAPE.exec(body);
  if (match === null) refuse(`must be a metric, a comparison and a limit, ${EXAMPLE}`);
  const [, metric = '', braces = '', written = '', operator = '', limit = ''] = match;
  const kind = metricKind(metric);
  if (kind === null) refuse(`unknown metric "${metric}"${didYouMean(metric, allMetricNames())}`);
  const aggregation = parseAggregation(metric, kind, written);
  const gate: Gate = {
    metric,
    kind,
    labels: parseLabels(metric, kind, braces),
    aggregation,
    operator: parseOperator(operator),
    ...parseLimit(limit, unitsOf(kind, aggregation)),
  };
  if (kind === 'drift') checkDrift(gate, written);
  return over === null ? gate : { ...gate, over_s: parseWindow(gate, over) };
}

/** The text without the length of its windows, and that length as it is written. */
function splitWindow(text: string): { readonly body: string; readonly over: string | null } {
  const match = WINDOW.exec(text);
  return { body: match?.[1] ?? text, over: match?.[2] ?? null };
}

/** Windows are made of the seconds of a run, each of which keeps its latencies as they were measured. */
function parseWindow({ metric, kind, labels, operator }: Gate, text: string): number {
  const match = /^(\d{1,5})(s|m)$/.exec(text);
  const seconds = Number(match?.[1]) * (match?.[2] === 'm' ? 60 : 1);
  if (match === null || seconds < 1)
    refuse(`"over ${text}" is not a window: write whole seconds, such as over 10s`);
  if (kind !== 'latency') refuse(`${metric} has no windows: only latencies are kept second by second`);
  const base = baseLatency(metric as LatencyMetric);
  if (base !== metric) refuse(`${metric} has no windows: use ${base}`);
  const label = Object.keys(labels).find((name) => name !== 'phase');
  if (label !== undefined) refuse(`the windows of ${metric} have no label "${label}": use phase or none`);
  if (operator === '==' || operator === '!=') refuse(`a window needs <, <=, > or >=, not ${operator}`);
  return seconds;
}

function parseAggregation(metric: string, kind: MetricKind, written: string): Aggregation {
  const allowed = AGGREGATIONS[kind];
  const found = allowed.find((name) => name === written) ?? (written === '' ? IMPLIED[kind] : null);
  if (found !== null) return found;
  if (written === '') refuse(`${metric} needs one of ${allowed.join(', ')}, ${EXAMPLE}`);
  if (allowed.length === 0) refuse(`${metric} is a ratio and takes no "${written}"`);
  const hint = didYouMean(written, allowed);
  return refuse(`unknown aggregation "${written}" of ${metric}${hint}: use one of ${allowed.join(', ')}`);
}

function parseLabels(metric: string, kind: MetricKind, braces: string): Labels {
  if (braces === '') return {};
  const labels = parseSeriesKey(`${metric}${braces}`)?.labels;
  if (labels === undefined || Object.values(labels).includes('')) {
    refuse(`"${braces}" must be labels and their values, such as {phase=steady}`);
  }
  const allowed = labelsOf(metric, kind);
  if (allowed.length === 0) refuse(`${metric} has no labels`);
  const unknown = Object.keys(labels).find((name) => !allowed.includes(name));
  if (unknown === undefined) return labels;
  return refuse(
    `${metric} has no label "${unknown}"${didYouMean(unknown, allowed)}: use ${allowed.join(' or ')}`,
  );
}

function labelsOf(metric: string, kind: MetricKind): readonly string[] {
  if (kind === 'latency') return ['phase', ...LATENCIES[baseLatency(metric as LatencyMetric)].labels];
  if (kind === 'audit') return AUDIT_COUNTS[metric as AuditCount].labels;
  if (kind === 'drift') return [DRIFTS.drift.label];
  return kind === 'counter-map' ? [COUNTER_MAPS[metric as CounterMapMetric].label] : [];
}

/** Of a drift only the upper side is bounded; memory and descriptors have no percentiles. */
function checkDrift({ labels, operator }: Gate, written: string): void {
  const { of } = labels;
  if (operator !== '<' && operator !== '<=') refuse(`a drift needs < or <=, not ${operator}`);
  if (of === undefined) {
    if (written !== '')
      refuse(`drift takes "${written}" only where it says of which latency: {of=ack_latency}`);
    return;
  }
  if (driftQuantity(of) === null)
    refuse(
      `nothing called "${of}" can drift${didYouMean(of, DRIFT_QUANTITIES)}: use a latency, rss or descriptors`,
    );
  if (written !== '' && (of === 'rss' || of === 'descriptors')) refuse(`${of} has no "${written}"`);
}

function parseOperator(operator: string): Operator {
  if (operator === '=') refuse('"=" is not a comparison: use ==');
  return operator as Operator;
}

function unitsOf(kind: MetricKind, aggregation: Aggregation): readonly GateUnit[] {
  if (aggregation === 'rate') return ['/s'];
  if (kind === 'drift') return ['%/h'];
  if (kind === 'ratio') return ['%', ''];
  return aggregation === 'count' ? [''] : ['us', 'ms', 's'];
}

function parseLimit(text: string, units: readonly GateUnit[]): Pick<Gate, 'limit' | 'unit'> {
  const match = LIMIT.exec(text);
  if (match === null) refuse(`"${text}" is not a limit: write a number and its unit, such as 100ms or 99.9%`);
  const unit = units.find((candidate) => candidate === match[2]);
  if (unit === undefined) {
    const wanted = units.map((candidate) => (candidate === '' ? 'no unit' : candidate)).join(', ');
    refuse(`the limit "${text}" has ${match[2] === '' ? 'no unit' : 'the wrong unit'}: expected ${wanted}`);
  }
  const limit = Number(match[1]);
  if (units.includes('%') && unit === '' && limit > 1) refuse(`a ratio is at most 1: write "${text}%"`);
  return { limit, unit };
}
