import { own } from '../base/own.ts';
import { BASE_LATENCIES, type LatencyMetric, serviceTwin } from './catalogue.ts';
import type { LabelValues } from './definition.ts';
import { type BaseLatency, latencyDefinition } from './latencies.ts';
import { type Labels, REGION, seriesKey } from './series.ts';

/**
 * The series that a run records, numbered: workers and coordinator build the same table from the same plan and
 * then speak of series by number. The twin of a series, where it has one, is the next number.
 */
export interface SeriesTable {
  readonly keys: readonly string[];
  readonly metrics: readonly LatencyMetric[];
  /**
   * Number of a series; `value` of its label only for metrics that are split by one, `region` where only the clients of that one are
   * counted in it. -1 where the run has no such series.
   */
  indexOf(metric: BaseLatency, value?: string, region?: string): number;
}

/**
 * @param latencies what the run can produce
 * @param values of labels: a latency that has one of these labels has one series for each of its values, and where there are
 *   regions besides one for each of them
 */
export function buildSeriesTable(latencies: readonly LatencyMetric[], values: LabelValues): SeriesTable {
  const keys: string[] = [];
  const metrics: LatencyMetric[] = [];
  const push = (metric: LatencyMetric, labels: Labels): void => {
    keys.push(seriesKey(metric, labels));
    metrics.push(metric);
  };
  for (const base of BASE_LATENCIES.filter((name) => latencies.includes(name))) {
    const twin = serviceTwin(base);
    for (const labels of labelsOf(base, values)) {
      push(base, labels);
      if (twin !== null) push(twin, labels);
    }
  }
  const numbers = new Map(keys.map((key, index) => [key, index]));
  return {
    keys,
    metrics,
    indexOf: (metric, value, region) => {
      const label = ownLabel(metric);
      const plain = value === undefined || label === undefined ? {} : { [label]: value };
      const labels = region === undefined ? plain : { ...plain, [REGION]: region };
      return numbers.get(seriesKey(metric, labels)) ?? -1;
    },
  };
}

/** The label by which a latency is split, besides regions. */
function ownLabel(metric: BaseLatency): string | undefined {
  return latencyDefinition(metric).labels.find((label) => label !== REGION);
}

/** The labels of each series of a latency: one for each value of its label, or one without; each also for every region. */
function labelsOf(metric: BaseLatency, values: LabelValues): readonly Labels[] {
  const label = ownLabel(metric) ?? '';
  const known = own(values, label) ?? [];
  const plain: readonly Labels[] = known.length === 0 ? [{}] : known.map((value) => ({ [label]: value }));
  const regions = latencyDefinition(metric).labels.includes(REGION) ? (own(values, REGION) ?? []) : [];
  return plain.flatMap((labels) => [labels, ...regions.map((region) => ({ ...labels, [REGION]: region }))]);
}
