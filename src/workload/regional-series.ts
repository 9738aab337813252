import type { BaseLatency } from '../metric/latencies.ts';
import { REGION } from '../metric/series.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { Plan } from '../plan/plan.ts';
import { targetOf } from '../plan/split.ts';

/** The series of a latency for the clients of a connection; its twin is the next one. */
export type SeriesOfConnection = (connection: number) => number;

/** What decides which series a sample goes to. */
export interface Regional {
  readonly plan: Pick<Plan, 'labels' | 'targets' | 'rounds'>;
  readonly series: SeriesTable;
}

/**
 * The series of a latency by region: that of the target that a connection is opened to.
 * @param value of its other label, where it is split by one
 * @returns undefined where the targets are in no regions: all samples then go to one series
 */
export function seriesByRegion(
  { plan, series }: Regional,
  metric: BaseLatency,
  value?: string,
): SeriesOfConnection | undefined {
  const regions = plan.labels[REGION] ?? [];
  if (regions.length === 0) return undefined;
  const each = regions.map((region) => series.indexOf(metric, value, region));
  return (connection) => each[targetOf(plan, connection)] ?? -1;
}
