import { BASE_LATENCIES, type LatencyMetric, serviceTwin } from './catalogue.ts';
import { type BaseLatency, latencyDefinition } from './latencies.ts';
import { seriesKey } from './series.ts';

/**
 * The series that a run records, numbered: workers and coordinator build the same table from the same plan and
 * then speak of series by number. The twin of a series, where it has one, is the next number.
 */
export interface SeriesTable {
  readonly keys: readonly string[];
  readonly metrics: readonly LatencyMetric[];
  /** Number of a series; `filter` only for metrics that are split by filter. -1 where the run has no such series. */
  indexOf(metric: BaseLatency, filter?: string): number;
}

/**
 * @param latencies what the run can produce
 * @param filters names of the query filters; the query latencies have one series each
 */
export function buildSeriesTable(
  latencies: readonly LatencyMetric[],
  filters: readonly string[],
): SeriesTable {
  const keys: string[] = [];
  const metrics: LatencyMetric[] = [];
  const push = (metric: LatencyMetric, filter?: string): void => {
    keys.push(seriesKey(metric, filter === undefined ? {} : { filter }));
    metrics.push(metric);
  };
  for (const base of BASE_LATENCIES.filter((name) => latencies.includes(name))) {
    const twin = serviceTwin(base);
    for (const filter of isPerFilter(base) ? filters : [undefined]) {
      push(base, filter);
      if (twin !== null) push(twin, filter);
    }
  }
  const numbers = new Map(keys.map((key, index) => [key, index]));
  return {
    keys,
    metrics,
    indexOf: (metric, filter) => numbers.get(seriesKey(metric, filter === undefined ? {} : { filter })) ?? -1,
  };
}

function isPerFilter(metric: BaseLatency): boolean {
  return latencyDefinition(metric).labels.includes('filter');
}
