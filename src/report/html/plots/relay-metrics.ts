import type { RelayMetricsEntry, RunRecord } from '../../../record/schema.ts';
import { figureWords, growthsOf } from '../../relay-figures.ts';
import { type Ink, linesAbove, type Plot, type Point, type Series } from '../plot.ts';
import { overTime, overTimePlot, timeSeries } from './time.ts';

/** What a load should show up in, from the bottom line to the top one. */
const FIGURES = ['deliveries_total', 'events_total', 'stored_total', 'queries_total'] as const;
const INKS: readonly Ink[] = [3, 1, 4, 2];

/**
 * What relays say that they have received, stored and sent on, all that were asked together, beside what this run has sent; null
 * where none said so.
 */
export function relayMetricsPlot(record: RunRecord): Plot | null {
  const lines = FIGURES.flatMap((figure, at): Series[] => {
    const points = sumOf(record, figure);
    return points.length === 0 ? [] : [timeSeries(figureWords(figure), INKS[at] ?? 'muted', points, 'mean')];
  });
  if (lines.length === 0) return null;
  const sent = timeSeries(
    'sent by this run, all',
    'muted',
    overTime(record, (one) => one.sent),
    'mean',
  );
  return overTimePlot(record, {
    id: 'relay-says',
    title: 'What the relay says of itself',
    note: 'Read once a second at its metrics endpoint. What others send it counts there, too.',
    unit: 'per-second',
    label: 'by its own counters, per second',
    series: [
      { ...sent, dashed: true, under: linesAbove(lines.length + 1, 0) },
      ...lines.map((line, at) => ({ ...line, under: linesAbove(lines.length, at) })),
    ],
  });
}

/** Samples count from the start of the measured phases, plots from the start of the load. */
function sumOf(record: RunRecord, figure: string): Point[] {
  const start_s = record.load.phases.find(({ kind }) => kind === 'measured')?.start_s ?? 0;
  const sums = new Map<number, number>();
  for (const relay of record.relayMetrics ?? []) {
    for (const [x, perSecond] of ratesBySecond(relay, figure, start_s))
      sums.set(x, (sums.get(x) ?? 0) + perSecond);
  }
  return [...sums].sort(([a], [b]) => a - b);
}

/** Growth a second; answers that came in the same second, as the last two of a run may, are one point. */
function ratesBySecond(relay: RelayMetricsEntry, figure: string, start_s: number): [number, number][] {
  const seconds = new Map<number, { readonly grown: number; readonly seconds: number }>();
  for (const one of growthsOf(relay, figure)) {
    const x = Math.round(start_s + one.t);
    const before = seconds.get(x) ?? { grown: 0, seconds: 0 };
    seconds.set(x, { grown: before.grown + one.grown, seconds: before.seconds + one.seconds });
  }
  return [...seconds].map(([x, sum]) => [x, sum.grown / sum.seconds]);
}
