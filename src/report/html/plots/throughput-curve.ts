import { ALL_HEADLINES, type LatencyMetric } from '../../../metric/catalogue.ts';
import type { RunRecord } from '../../../record/schema.ts';
import { number, rate } from '../../quantity.ts';
import { type Cell, cell, columns, type Table } from '../../view/document.ts';
import { inPhase, quantileInPhase } from '../../view/latencies.ts';
import type { ShownPlot } from '../page-parts.ts';
import { type Ink, linesAbove, type Plot, type Point, type Series } from '../plot.ts';
import { answeredIn } from './load.ts';

/** Fewer levels are two points and no curve. */
const MIN_LEVELS = 3;

type Interval = RunRecord['intervals'][number];

/**
 * The operations by which the curve counts throughput: events where the run publishes, queries where it only asks, else
 * connections. All rise together with the level, and a sum of unlike operations is a rate of nothing.
 */
function countedIn({ load: { offered } }: RunRecord): { label: string; of: (one: Interval) => number } {
  if (offered.events > 0) return { label: 'acknowledged events per second', of: (one) => one.acked };
  return offered.queries > 0
    ? { label: 'completed queries per second', of: (one) => one.completed }
    : { label: 'opened connections per second', of: answeredIn };
}

interface Level {
  readonly name: string;
  readonly offered_per_s: number;
  /** Of the operations that the curve counts, see {@link countedIn}. */
  readonly achieved_per_s: number;
  readonly events_per_s: number;
  readonly queries_per_s: number;
}

/**
 * Latency by throughput: a point for each phase, for runs of at least three load levels. Where a line turns upwards,
 * the relay begins to queue; where it turns back, it gives up. Where the load rises within a phase, a point for each
 * second. Null where the load was constant: it has one throughput.
 */
export function throughputCurve(record: RunRecord): ShownPlot | null {
  const levels = levelsOf(record);
  if (new Set(levels.map((level) => number(level.offered_per_s))).size < MIN_LEVELS) return bySecond(record);
  const shown = ALL_HEADLINES.filter((name) => levels.some((level) => p95(record, name, level) !== null));
  if (shown.length === 0) return null;
  const plot: Plot = {
    id: 'throughput-latency',
    title: 'Latency by throughput',
    note: 'One point for each load level, p95 of all its operations. Where a line turns upwards, the relay begins to queue.',
    x: { label: countedIn(record).label, unit: 'per-second', domain: xDomain(levels) },
    y: { label: 'p95 latency, logarithmic', unit: 'us', log: true },
    series: shown.map((name, at) => ({
      label: name,
      ink: (at + 1) as Ink,
      under: linesAbove(shown.length, at),
      points: levels.map((level): Point => [level.achieved_per_s, p95(record, name, level)]),
    })),
    marks: 'both',
  };
  return { plot, table: tableOf(record, levels, shown) };
}

/** A load that changes by less shows no more than its own noise. */
const RISE = 2;

function bySecond(record: RunRecord): ShownPlot | null {
  const measured = record.load.phases.filter((phase) => phase.kind === 'measured');
  const seconds = record.intervals.filter(
    (one) => one.offered > 0 && measured.some((phase) => one.t >= phase.start_s && one.t < phase.end_s),
  );
  const offered = seconds.map((one) => one.offered).sort((a, b) => a - b);
  if ((offered.at(-1) ?? 0) < (offered[0] ?? 0) * RISE || seconds.length < MIN_LEVELS) return null;
  const counted = countedIn(record);
  const series = ALL_HEADLINES.map(
    (name, at): Series => ({
      label: name,
      ink: (at + 1) as Ink,
      points: scatter(seconds, name, counted.of),
    }),
  );
  return {
    plot: {
      id: 'throughput-latency',
      title: 'Latency by throughput',
      note: 'One point for each second; of seconds with the same throughput the slowest. A second alone has few operations: look at the cloud, not at its edge.',
      x: { label: counted.label, unit: 'per-second' },
      y: { label: 'p95 latency of a second, logarithmic', unit: 'us', log: true },
      series: series.filter((one) => one.points.length > 0),
      marks: 'dots',
    },
  };
}

/** The p95 of each second by its throughput, ascending. */
function scatter(seconds: readonly Interval[], name: LatencyMetric, of: (one: Interval) => number): Point[] {
  const slowest = new Map<number, number>();
  for (const second of seconds) {
    const value_us = second.latencies[name]?.p95_us ?? null;
    const achieved = of(second);
    if (value_us !== null) slowest.set(achieved, Math.max(value_us, slowest.get(achieved) ?? 1));
  }
  return [...slowest].sort(([a], [b]) => a - b);
}

/** By ascending throughput, as lines are drawn. */
function levelsOf(record: RunRecord): Level[] {
  return record.load.phases
    .filter((phase) => phase.kind === 'measured' && phase.end_s > phase.start_s)
    .map((phase) => {
      const length_s = phase.end_s - phase.start_s;
      const seconds = record.intervals.filter((one) => one.t >= phase.start_s && one.t < phase.end_s);
      const perSecond = (of: (one: Interval) => number): number =>
        seconds.reduce((sum, one) => sum + of(one), 0) / length_s;
      return {
        name: phase.name,
        offered_per_s: phase.offered / length_s,
        achieved_per_s: perSecond(countedIn(record).of),
        events_per_s: perSecond((one) => one.acked),
        queries_per_s: perSecond((one) => one.completed),
      };
    })
    .sort((a, b) => a.achieved_per_s - b.achieved_per_s);
}

function xDomain(levels: readonly Level[]): [number, number] {
  const highest = levels.reduce((high, level) => Math.max(high, level.achieved_per_s), 1);
  return [0, highest * 1.05];
}

function p95(record: RunRecord, name: LatencyMetric, level: Level): number | null {
  const value_us = inPhase(record, name, level.name)?.p95_us ?? null;
  return value_us === null ? null : Math.max(1, value_us);
}

function tableOf(record: RunRecord, levels: readonly Level[], shown: readonly LatencyMetric[]): Table {
  const rows = levels.map((level): Cell[] => [
    cell(level.name),
    cell(rate(level.offered_per_s)),
    cell(rate(level.events_per_s)),
    cell(rate(level.queries_per_s)),
    ...shown.map((name) => cell(quantileInPhase(record, name, level.name))),
  ]);
  const heads = shown.map((name) => `>${name} p95`);
  return { kind: 'table', columns: columns('phase', '>offered', '>events', '>queries', ...heads), rows };
}
