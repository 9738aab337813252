import type { RunRecord } from '../../../record/schema.ts';
import { visible } from '../../escape.ts';
import type { Axis, Band, Keep, Plot, Point, Series } from '../plot.ts';

type Interval = RunRecord['intervals'][number];

/** The seconds worth drawing: without those at the end in which nothing came in any more. */
export function shownIntervals({ intervals }: RunRecord): readonly Interval[] {
  const last = intervals.findLastIndex((one) => one.offered + one.acked + one.completed + one.delivered > 0);
  return intervals.slice(0, last + 1);
}

/** The axis that all plots over time share. */
export function timeAxis(record: RunRecord): Axis {
  const last = shownIntervals(record).at(-1)?.t ?? 0;
  const end = endOfLoad(record);
  return {
    label: 'time since the load began',
    unit: 's',
    domain: [0, Math.max(last, Math.min(end, last + 1), 1)],
  };
}

/** A point for each second. */
export function overTime(record: RunRecord, value: (interval: Interval) => number | null): Point[] {
  return shownIntervals(record).map((interval) => [interval.t, value(interval)]);
}

function endOfLoad(record: RunRecord): number {
  return record.load.phases.at(-1)?.end_s ?? 0;
}

/** Phases and the drain after them, told apart by shading in turn, and faults in front of them. */
export function timeBands(record: RunRecord): Band[] {
  const measured = record.load.phases.filter((phase) => phase.kind === 'measured');
  const phases = record.load.phases.map((phase): Band => {
    const isOdd = measured.indexOf(phase) % 2 === 1;
    const kind = phase.kind === 'warm-up' ? 'warm-up' : isOdd ? 'shaded' : 'plain';
    return { from: phase.start_s, to: phase.end_s, label: visible(phase.name, MAX_LABEL), kind };
  });
  const drain: Band = {
    from: endOfLoad(record),
    to: Number.MAX_SAFE_INTEGER,
    label: 'drain',
    kind: 'warm-up',
  };
  return [...phases, drain, ...record.faults.flatMap(faultBand)];
}

const MAX_LABEL = 40;
/** A fault that is over at once is still to be seen. */
const MIN_FAULT_S = 1;

function faultBand(fault: RunRecord['faults'][number]): Band[] {
  const { at, action, on, recoveredMs, forMs } = fault;
  const length_s = Math.max(recoveredMs ?? 0, forMs ?? 0) / 1_000;
  const label = visible(`${action} ${on}`, MAX_LABEL);
  return [{ from: at, to: at + Math.max(MIN_FAULT_S, length_s), label, kind: 'fault' }];
}

/** A line over time. */
export function timeSeries(
  label: string,
  ink: Series['ink'],
  points: readonly Point[],
  keep: Keep = 'highest',
): Series {
  return { label, ink, points, keep };
}

/** What tells one plot over time from another. */
export interface TimeContent {
  readonly id: string;
  readonly title: string;
  readonly note?: string | undefined;
  readonly unit: Plot['y']['unit'];
  readonly label: string;
  readonly series: readonly Series[];
}

/** A plot over time, with phases and faults. */
export function overTimePlot(record: RunRecord, { unit, label, note, ...content }: TimeContent): Plot {
  return {
    ...content,
    ...(note === undefined ? {} : { note }),
    x: timeAxis(record),
    y: { label, unit },
    bands: timeBands(record),
  };
}
