import { own } from '../../../base/own.ts';
import type { RunRecord } from '../../../record/schema.ts';
import { visible } from '../../escape.ts';
import { linesAbove, type Plot, type Series } from '../plot.ts';
import { overTime, overTimePlot, timeSeries } from './time.ts';

type Interval = RunRecord['intervals'][number];

/**
 * Operations that were answered well in a second: events acknowledged, queries completed, connections opened. Those
 * opened before the load began are reported with its first second and are no part of it.
 */
export function answeredIn(interval: Interval): number {
  return interval.acked + interval.completed + openedIn(interval);
}

function openedIn(interval: Interval): number {
  return interval.t > 0 ? (interval.latencies['connect_latency']?.count ?? 0) : 0;
}

/** What was scheduled, what was written and what came back, events and queries apart. */
export function ratePlot(record: RunRecord): Plot {
  const answered = [
    ['events acknowledged', 1, (one: Interval): number => one.acked],
    ['queries completed', 2, (one: Interval): number => one.completed],
    ['connections opened', 3, openedIn],
  ] as const;
  const shown = answered.filter(([, , of]) => record.intervals.some((one) => of(one) > 0));
  return overTimePlot(record, {
    id: 'rates',
    title: 'Offered and achieved rate',
    note: 'Offered: scheduled; sent: written to the socket, both of all streams together. Where these two are one, the generator kept up.',
    unit: 'per-second',
    label: 'operations per second',
    series: [
      {
        ...timeSeries(
          'offered, all',
          'muted',
          overTime(record, (one) => one.offered),
          'mean',
        ),
        under: 2,
      },
      {
        ...timeSeries(
          'sent, all',
          5,
          overTime(record, (one) => one.sent),
          'mean',
        ),
        dashed: true,
      },
      ...shown.map(([label, ink, of], at) => ({
        ...timeSeries(label, ink, overTime(record, of), 'mean'),
        under: linesAbove(shown.length, at),
      })),
    ],
  });
}

/** Open connections; thinned out to the lowest, so that no drop is lost. */
export function connectionPlot(record: RunRecord): Plot {
  return overTimePlot(record, {
    id: 'connections',
    title: 'Connections',
    unit: 'count',
    label: 'open at the end of each second',
    series: [
      timeSeries(
        'open',
        1,
        overTime(record, (one) => one.connections),
        'lowest',
      ),
    ],
  });
}

/** Events that reached live subscribers; null where nobody was to be reached. */
export function deliveryPlot(record: RunRecord): Plot | null {
  if (record.intervals.every((one) => one.delivered === 0)) return null;
  return overTimePlot(record, {
    id: 'deliveries',
    title: 'Deliveries',
    unit: 'per-second',
    label: 'events received by live subscribers per second',
    series: [
      timeSeries(
        'delivered',
        3,
        overTime(record, (one) => one.delivered),
        'mean',
      ),
    ],
  });
}

/** More lines than this nobody tells apart; the others are one. */
const MAX_REASONS = 5;
const REASON_INKS = [2, 4, 5, 6, 3] as const;

/** What went wrong in each second, the most frequent reasons apart; older records know only the sum. */
function reasonSeries(record: RunRecord): Series[] {
  const sums = new Map<string, number>();
  for (const { reasons = {} } of record.intervals) {
    for (const [reason, count] of Object.entries(reasons)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  const sorted = [...sums].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
  const shown = sorted.slice(0, MAX_REASONS);
  const others = sorted.slice(MAX_REASONS);
  const ofReasons = (names: readonly string[]) => (one: Interval) =>
    names.reduce((sum, name) => sum + (own(one.reasons ?? {}, name) ?? 0), 0);
  return [
    ...shown.map((name, at) =>
      timeSeries(visible(name, MAX_REASON), REASON_INKS[at] ?? 'muted', overTime(record, ofReasons([name]))),
    ),
    ...(others.length === 0
      ? []
      : [timeSeries(`${others.length} other reasons`, 'muted', overTime(record, ofReasons(others)))]),
  ];
}

const MAX_REASON = 60;

/** Errors of each second; null where there was none. */
export function errorPlot(record: RunRecord): Plot | null {
  const byReason = reasonSeries(record);
  if (byReason.length === 0 && record.intervals.every((one) => one.errors === 0)) return null;
  return overTimePlot(record, {
    id: 'errors-over-time',
    title: 'Errors over time',
    unit: 'count',
    label: 'errors in each second',
    series:
      byReason.length > 0
        ? byReason
        : [
            timeSeries(
              'errors',
              2,
              overTime(record, (one) => one.errors),
            ),
          ],
  });
}
