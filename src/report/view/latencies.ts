import { own } from '../../base/own.ts';
import { baseLatency, isOfGenerator, LATENCY_NAMES, type LatencyMetric } from '../../metric/catalogue.ts';
import { latencyDefinition } from '../../metric/latencies.ts';
import { type Labels, parseSeriesKey, seriesKey } from '../../metric/series.ts';
import type { QuantileName } from '../../metric/summary.ts';
import type { RunRecord } from '../../record/schema.ts';
import { latencyWords } from '../latency-words.ts';
import { count, duration, limitsOn, NOTHING } from '../quantity.ts';
import { type Cell, cell, code, columns, type Section } from './document.ts';

type Summary = RunRecord['metrics'][string];

/** Stands before a percentile of which a good part is the generator's lateness. */
const AT_MOST = '≤';
/** The readings from schedule and write differ that much: by this share of the latter, and by so many µs. */
const WIDE_SHARE = 0.1;
const WIDE_US = 2_000;

/** Shown by default; p75, p99.9, mean and deviation stand in the JSON. */
const SHOWN: readonly QuantileName[] = ['p50', 'p90', 'p95', 'p99'];

/** The latencies of the measured phases; the generator's own lateness stands with the generator. */
export function latenciesSection(record: RunRecord): Section {
  const rows = LATENCY_NAMES.filter((name) => !isOfGenerator(name)).flatMap((name) => rowsOf(record, name));
  return {
    title: 'Latencies',
    topic: 'latency',
    note: isMarked(rows)
      ? `from the schedule (service: the write), to 0.05 %; ${AT_MOST} at most, ~ few, ${NOTHING} too few`
      : `from the schedule (service: the write), to 0.05 %; ~ few samples, ${NOTHING} less`,
    content: {
      kind: 'table',
      columns: columns('metric', '>count', ...SHOWN.map((name) => `>${name}`), '>max'),
      rows,
    },
  };
}

function isMarked(rows: readonly (readonly Cell[])[]): boolean {
  return rows.some((cells) => cells.some(({ text }) => text.startsWith(AT_MOST)));
}

/** The metric itself, or its service twin below it; then one row a filter shape or sort of event. */
function rowsOf(record: RunRecord, name: LatencyMetric): Cell[][] {
  const summary = record.metrics[name];
  if (summary === undefined) return [];
  const base = baseLatency(name);
  if (latencyDefinition(base).isQuiet === true && summary.count === 0) return [];
  if (name !== base)
    return [
      latencyRow(record, name, { label: cell('  service', 'muted'), summary, tone: 'muted' }),
      ...labelledRows(record, base),
    ];
  return [
    latencyRow(record, name, {
      label: { ...code(name), words: latencyWords(name) },
      summary,
      service: serviceOf(record, name),
    }),
  ];
}

function labelledRows(record: RunRecord, base: LatencyMetric): Cell[][] {
  const known = latencyDefinition(baseLatency(base)).labels;
  return seriesOf(record, base)
    .filter(({ labels }) => known.includes(Object.keys(labels).join()))
    .map(({ labels, summary }) =>
      latencyRow(record, base, {
        label: cell(`  ${Object.entries(labels).flat().join('=')}`),
        summary,
        service: serviceOf(record, base, labels),
      }),
    );
}

/** All labelled series of a metric. */
function seriesOf(record: RunRecord, name: LatencyMetric): { labels: Labels; summary: Summary }[] {
  return Object.entries(record.metrics).flatMap(([key, summary]) => {
    const series = parseSeriesKey(key);
    return series?.name === name ? [{ labels: series.labels, summary }] : [];
  });
}

interface LatencyRow {
  readonly label: Cell;
  readonly summary: Summary;
  /** The same from the write, where it has that. */
  readonly service?: Summary | undefined;
  readonly tone?: 'plain' | 'muted';
}

function latencyRow(
  record: RunRecord,
  metric: LatencyMetric,
  { label, summary, service, tone = 'plain' }: LatencyRow,
): Cell[] {
  const limits = (aggregation: string): number[] => limitsOn(record, metric, aggregation);
  const quantiles = SHOWN.map((name) =>
    cell(quantile(summary, name, { service, limits_us: limits(name) }), tone),
  );
  const max = duration(summary.max_us, limits('max'));
  return [label, cell(count(summary.count), tone), ...quantiles, cell(max, tone)];
}

/** What a percentile is shown beside. */
export interface QuantileContext {
  /** The same latency from the write; left out, nothing is marked as a bound. */
  readonly service?: Summary | undefined;
  /** Limits of gates on it, in µs: it is not rounded across them. */
  readonly limits_us?: readonly number[];
}

/** A percentile, marked `~` where it rests on few samples and `≤` where the one from the write lies well below it. */
export function quantile(
  summary: Summary | undefined,
  name: QuantileName,
  { service, limits_us = [] }: QuantileContext = {},
): string {
  const value = summary?.[`${name}_us`] ?? null;
  if (summary === undefined || value === null) return NOTHING;
  const few = summary.lowConfidence.includes(name) ? '~' : '';
  const bound = isWide(value, service?.[`${name}_us`] ?? value) ? AT_MOST : '';
  return `${bound}${few}${duration(value, limits_us)}`;
}

function isWide(value_us: number, service_us: number): boolean {
  const apart_us = value_us - service_us;
  return apart_us > WIDE_US && apart_us > service_us * WIDE_SHARE;
}

/** A percentile of the latency in one phase, marked as in {@link quantile}. */
export function quantileInPhase(record: RunRecord, metric: LatencyMetric, phase: string): string {
  return quantile(inPhase(record, metric, phase), 'p95', {
    service: serviceOf(record, metric, { phase }),
    limits_us: limitsOn(record, metric, 'p95'),
  });
}

/** The same series from the write; undefined where it has no such twin. */
export function serviceOf(
  record: RunRecord,
  metric: LatencyMetric,
  labels: Labels = {},
): Summary | undefined {
  return own(record.metrics, seriesKey(`${baseLatency(metric)}_service`, labels));
}

/** The summary of a latency in one phase. */
export function inPhase(record: RunRecord, name: LatencyMetric, phase: string): Summary | undefined {
  return own(record.metrics, seriesKey(name, { phase }));
}
