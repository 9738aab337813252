import { own } from '../../base/own.ts';
import { baseLatency, LATENCY_NAMES, type LatencyMetric } from '../../metric/catalogue.ts';
import { type Labels, parseSeriesKey, seriesKey } from '../../metric/series.ts';
import type { QuantileName } from '../../metric/summary.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count, duration, limitsOn, NOTHING } from '../quantity.ts';
import { type Cell, cell, code, columns, type Section } from './document.ts';

type Summary = RunRecord['metrics'][string];

/** Shown by default; p75, p99.9, mean and deviation stand in the JSON. */
const SHOWN: readonly QuantileName[] = ['p50', 'p90', 'p95', 'p99'];

/** The latencies of the measured phases; the generator's own lateness stands with the generator. */
export function latenciesSection(record: RunRecord): Section {
  const rows = LATENCY_NAMES.filter((name) => name !== 'send_lag').flatMap((name) => rowsOf(record, name));
  return {
    title: 'Latencies',
    topic: 'latency',
    note: `from the schedule (service: the write), to 0.05 %; ~ few samples, ${NOTHING} too few`,
    content: {
      kind: 'table',
      columns: columns('metric', '>count', ...SHOWN.map((name) => `>${name}`), '>max'),
      rows,
    },
  };
}

/** The metric itself, or its service twin below it; then one row a filter shape. */
function rowsOf(record: RunRecord, name: LatencyMetric): Cell[][] {
  const summary = record.metrics[name];
  if (summary === undefined) return [];
  const base = baseLatency(name);
  if (base === 'reject_latency' && summary.count === 0) return [];
  if (name !== base)
    return [
      latencyRow(record, name, { label: cell('  service', 'muted'), summary, tone: 'muted' }),
      ...filterRows(record, base),
    ];
  return [latencyRow(record, name, { label: code(name), summary })];
}

function filterRows(record: RunRecord, base: LatencyMetric): Cell[][] {
  return seriesOf(record, base)
    .filter(({ labels }) => Object.keys(labels).join() === 'filter')
    .map(({ labels, summary }) =>
      latencyRow(record, base, { label: cell(`  filter=${labels['filter']}`), summary }),
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
  readonly tone?: 'plain' | 'muted';
}

function latencyRow(
  record: RunRecord,
  metric: LatencyMetric,
  { label, summary, tone = 'plain' }: LatencyRow,
): Cell[] {
  const limits = (aggregation: string): number[] => limitsOn(record, metric, aggregation);
  const quantiles = SHOWN.map((name) => cell(quantile(summary, name, limits(name)), tone));
  const max = duration(summary.max_us, limits('max'));
  return [label, cell(count(summary.count), tone), ...quantiles, cell(max, tone)];
}

/**
 * A percentile, marked `~` where it rests on few samples.
 * @param limits_us limits of gates on it
 */
export function quantile(
  summary: Summary | undefined,
  name: QuantileName,
  limits_us: readonly number[] = [],
): string {
  const value = summary?.[`${name}_us`] ?? null;
  if (summary === undefined || value === null) return NOTHING;
  return `${summary.lowConfidence.includes(name) ? '~' : ''}${duration(value, limits_us)}`;
}

/** The summary of a latency in one phase. */
export function inPhase(record: RunRecord, name: LatencyMetric, phase: string): Summary | undefined {
  return own(record.metrics, seriesKey(name, { phase }));
}
