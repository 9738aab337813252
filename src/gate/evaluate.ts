import * as z from 'zod';
import { RelayBenchError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import type { CounterMapMetric } from '../metric/counter-maps.ts';
import type { CounterMetric } from '../metric/counters.ts';
import { seriesKey } from '../metric/series.ts';
import { type QuantileName, samplesNeeded } from '../metric/summary.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';
import { unmeasurable } from './check.ts';
import { formatGate, type Gate, type GateUnit, type Operator } from './expression.ts';
import { type Measurable, measurableOf } from './measurable.ts';
import { parseGates } from './parse.ts';
import type { Reading } from './reading.ts';
import { withinResolution } from './resolution.ts';
import { readWindows } from './windows.ts';

/** Microseconds, ratios and rates in one base unit → the unit of the limit. */
const DIVISOR: Readonly<Record<GateUnit, number>> = { us: 1, ms: 1e3, s: 1e6, '%': 0.01, '/s': 1, '': 1 };

const COMPARE: Readonly<Record<Operator, (actual: number, limit: number) => boolean>> = {
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
  '==': (actual, limit) => actual === limit,
  '!=': (actual, limit) => actual !== limit,
};

/** Of `scenario.resolved`: what decides which metrics the run could produce. */
const measuredScenario = z.object({
  load: z.object({ model: z.enum(['open', 'closed']) }),
  corpus: z.object({ profile: z.string().optional(), file: z.string().optional() }).optional(),
  workloads: z.object({
    publish: z.object({ kind: z.number().optional() }).optional(),
    subscribe: z.unknown().optional(),
    query: z
      .object({ filters: z.array(z.object({ name: z.string() })), check: z.number().optional() })
      .optional(),
  }),
  phases: z.array(z.object({ name: z.string(), duration: z.number() })),
});

/**
 * What the run of a record could give numbers for.
 * @throws RelayBenchError `RECORD_INVALID` where the resolved scenario is missing from the record
 */
export function measurableOfRecord(record: RunRecord): Measurable {
  const parsed = measuredScenario.safeParse(record.scenario.resolved);
  if (parsed.success) return measurableOf(parsed.data, record.target.relayProcesses);
  throw new RelayBenchError('"scenario.resolved" of the run record is not a scenario', {
    code: 'RECORD_INVALID',
    hint: 'the file was edited or cut; use the original run.json',
    cause: parsed.error,
  });
}

/**
 * Judges a finished run by its record alone. A percentile that the record leaves out because too few samples
 * lie above it is no data, even though the stored histogram would give some number: a gate must not rest on
 * chance. No data never passes.
 * @throws RelayBenchError `GATE_INVALID` where an expression is malformed
 */
export function evaluateGates(record: RunRecord, expressions: readonly string[]): GateResult[] {
  const run = measurableOfRecord(record);
  return parseGates(expressions).map((gate) =>
    resultOf(gate, withinResolution(gate, read(gate, record, run), record)),
  );
}

/** Whether every gate passed; one without data did not. */
export function allGatesHold(results: readonly GateResult[]): boolean {
  return results.every(({ verdict }) => verdict === 'pass');
}

function resultOf(gate: Gate, reading: Reading): GateResult {
  const { metric, aggregation, limit, unit } = gate;
  const head = {
    expression: formatGate(gate),
    metric,
    aggregation,
    limit,
    unit,
  };
  if ('reason' in reading) return { ...head, actual: null, verdict: 'no-data', reason: reading.reason };
  // Twelve digits: 0.57 × 100 is 56.99999999999999 in binary and must not miss a limit of 57 %.
  const actual = Number((reading.value / DIVISOR[unit]).toPrecision(12));
  return { ...head, actual, verdict: COMPARE[gate.operator](actual, limit) ? 'pass' : 'fail' };
}

function read(gate: Gate, record: RunRecord, run: Measurable): Reading {
  const reason = unmeasurable(gate, run);
  if (reason !== null) return { reason };
  switch (gate.kind) {
    case 'latency':
      return gate.over_s === undefined ? readLatency(gate, record) : readWindows(gate, gate.over_s, record);
    case 'ratio': {
      const value = own(record.ratios, gate.metric) ?? null;
      return value === null
        ? { reason: own(record.notMeasured, gate.metric) ?? 'nothing was counted' }
        : { value };
    }
    case 'counter':
      return readCount(gate, record.counters[gate.metric as CounterMetric], record);
    case 'counter-map':
      if (gate.metric === 'answers_wrong' && record.counters.answers_checked === 0)
        return { reason: 'no answer was checked' };
      return readCount(gate, mapTotal(gate, record), record);
    case 'audit':
      return readAudit(record);
  }
}

function readLatency(gate: Gate, record: RunRecord): Reading {
  const key = keyOf(gate, record);
  const summary = own(record.metrics, key);
  const missing = own(record.notMeasured, key) ?? own(record.notMeasured, gate.metric);
  if (summary === undefined && missing !== undefined) return { reason: missing };
  const count = summary?.count ?? 0;
  const { aggregation } = gate;
  if (aggregation === 'count' || aggregation === 'rate') return readCount(gate, count, record);
  if (summary === undefined || count === 0) return { reason: 'no samples' };
  const value = summary[`${aggregation as QuantileName | 'max' | 'mean'}_us`];
  if (value !== null) return { value };
  const needed = samplesNeeded(aggregation as QuantileName);
  if (count + summary.censored >= needed) {
    return { reason: `${summary.censored} of ${count + summary.censored} operations never ended` };
  }
  return { reason: `only ${count} ${count === 1 ? 'sample' : 'samples'}, ${aggregation} needs ${needed}` };
}

/** A run with a single measured phase keeps no series of its own for that phase: it is the whole. */
function keyOf(gate: Gate, record: RunRecord): string {
  const { phase, ...others } = gate.labels;
  const measured = record.load.phases.filter(({ kind }) => kind === 'measured');
  const isWhole = phase !== undefined && measured.length === 1 && measured[0]?.name === phase;
  return seriesKey(gate.metric, isWhole ? others : gate.labels);
}

function readCount(gate: Gate, count: number, record: RunRecord): Reading {
  if (gate.aggregation !== 'rate') return { value: count };
  const seconds = record.load.measured_s;
  return seconds > 0 ? { value: count / seconds } : { reason: 'no measured phase ran' };
}

/** A run that was not audited has lost nothing that is known of, which is no data. */
function readAudit({ audit, notMeasured }: RunRecord): Reading {
  if (audit === null) return { reason: notMeasured['audit'] ?? 'the run was not audited' };
  return { value: audit.acknowledged - audit.found };
}

function mapTotal(gate: Gate, record: RunRecord): number {
  const entries = record.counters[gate.metric as CounterMapMetric];
  const [wanted] = Object.values(gate.labels);
  if (wanted !== undefined) return own(entries, wanted) ?? 0;
  return Object.values(entries).reduce((sum, count) => sum + count, 0);
}
