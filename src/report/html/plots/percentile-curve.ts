import { ALL_HEADLINES, baseLatency, LATENCY_NAMES, type LatencyMetric } from '../../../metric/catalogue.ts';
import { LatencyHistogram } from '../../../metric/histogram.ts';
import type { RunRecord } from '../../../record/schema.ts';
import { latencyWords } from '../../latency-words.ts';
import { count, duration, limitsOn } from '../../quantity.ts';
import { type Cell, cell, code, columns, type Table } from '../../view/document.ts';
import { type Ink, linesAbove, type Plot, type Point, type Series } from '../plot.ts';

/** Points between one nine and the next. */
const STEPS_PER_NINE = 20;

/**
 * The percentile distribution as HdrHistogram's plotter draws it: the horizontal axis counts nines (90 %, 99 %,
 * 99.9 % …), so that the tail has as much room as the bulk. Each latency with its service time: where the dashed line
 * lies below the solid one, operations waited before they were written.
 */
export function percentileCurve(record: RunRecord): Plot | null {
  const shown = ALL_HEADLINES.filter((name) => (record.metrics[name]?.count ?? 0) > 0);
  const series = shown.flatMap((name, at) =>
    twins(record, name, { ink: (at + 1) as Ink, under: linesAbove(shown.length, at) }),
  );
  if (series.length === 0) return null;
  return {
    id: 'percentiles',
    title: 'Percentile distribution',
    note: 'Solid: from the scheduled time; dashed: service time, from the write. A line ends at the slowest of all samples.',
    x: { label: 'percentile, one more nine at each mark', unit: 'nines' },
    y: { label: 'latency, logarithmic', unit: 'us', log: true },
    series,
  };
}

function twins(record: RunRecord, name: LatencyMetric, look: Pick<Series, 'ink' | 'under'>): Series[] {
  const service = record.metrics[`${name}_service`];
  return [
    { label: shortName(name), ...look, points: curve(record.metrics[name]) },
    ...(service === undefined || service.count === 0
      ? []
      : [{ label: `${shortName(name)}, service`, ...look, dashed: true, points: curve(service) }]),
  ];
}

function shortName(name: LatencyMetric): string {
  return name.replace('_latency', '');
}

type Summary = RunRecord['metrics'][string];

/**
 * Latency by percentile up to the slowest sample. Operations that never ended count as slower than all others: the
 * line ends where they begin.
 */
export function curve(summary: Summary | undefined): Point[] {
  if (summary === undefined || summary.count === 0) return [];
  const histogram = LatencyHistogram.fromSummary(summary);
  const total = summary.count + summary.censored;
  const last = Math.floor(Math.log10(total) * STEPS_PER_NINE);
  const points: Point[] = [];
  for (let step = 0; step <= last; step++) {
    const nines = step / STEPS_PER_NINE;
    const rank = (100 * (1 - 10 ** -nines) * total) / summary.count;
    if (rank > 100) break;
    points.push([nines, Math.max(1, histogram.percentile(rank) ?? 1)]);
  }
  return points;
}

const TABLE_PERCENTILES = [
  ['p50', '50 %'],
  ['p75', '75 %'],
  ['p90', '90 %'],
  ['p95', '95 %'],
  ['p99', '99 %'],
  ['p999', '99.9 %'],
] as const;

/** The values of the curve that are worth reading, with the service time of every latency. */
export function percentileTable(record: RunRecord): Table {
  const rows = LATENCY_NAMES.filter(
    (name) => (record.metrics[name]?.count ?? 0) > 0 && ALL_HEADLINES.includes(baseLatency(name)),
  ).map((name): Cell[] => {
    const summary = record.metrics[name];
    const values = TABLE_PERCENTILES.map(([key]) =>
      cell(duration(summary?.[`${key}_us`] ?? null, limitsOn(record, name, key))),
    );
    return [
      { ...code(name), words: latencyWords(name) },
      cell(count(summary?.count ?? 0)),
      ...values,
      cell(duration(summary?.max_us ?? null, limitsOn(record, name, 'max'))),
    ];
  });
  const heads = TABLE_PERCENTILES.map(([, title]) => `>${title}`);
  return { kind: 'table', columns: columns('latency', '>count', ...heads, '>max'), rows };
}
