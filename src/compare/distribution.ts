import { own } from '../base/own.ts';
import { baseLatency, LATENCY_NAMES } from '../metric/catalogue.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { MIN_SAMPLES_ABOVE } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Distribution, DistributionQuantile } from './schema.ts';

/** Where the distributions are read: the whole shape, closer towards the tail. */
const PERCENTILES = [1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99];
/** Of the standard normal distribution, two-sided 95 %. */
const Z = 1.96;

/** Both sides of every latency that both have, without labels; from merged histograms, never from averages. */
export function distributionsOf(base: readonly RunRecord[], candidate: readonly RunRecord[]): Distribution[] {
  const names = LATENCY_NAMES.filter((name) => name === baseLatency(name) && name !== 'send_lag');
  return names.flatMap((series) => {
    const sides = [mergedHistogram(base, series), mergedHistogram(candidate, series)] as const;
    if (sides.some(({ count }) => count === 0)) return [];
    const [one, other] = sides.map((side) => ({ count: side.count, quantiles: quantilesOf(side) }));
    return one === undefined || other === undefined ? [] : [{ series, base: one, candidate: other }];
  });
}

/** The samples of one series of several runs in one histogram; runs without it add nothing. */
export function mergedHistogram(records: readonly RunRecord[], series: string): LatencyHistogram {
  const merged = new LatencyHistogram();
  for (const { metrics } of records) {
    const summary = own(metrics, series);
    if (summary !== undefined) merged.add(LatencyHistogram.fromSummary(summary));
  }
  return merged;
}

/** The quantiles that enough samples lie above (and below), among operations that ended. */
export function quantilesOf(histogram: LatencyHistogram): DistributionQuantile[] {
  return PERCENTILES.flatMap((percentile) => {
    const found = quantileOf(histogram, percentile);
    return found === null ? [] : [found];
  });
}

/**
 * A quantile with its rank interval at 95 % (binomial, by its normal approximation; docs/measurement.md).
 * @param percentile 0..100
 */
export function quantileOf(histogram: LatencyHistogram, percentile: number): DistributionQuantile | null {
  const { count } = histogram;
  const share = percentile / 100;
  if (count * Math.min(share, 1 - share) + 1e-9 < MIN_SAMPLES_ABOVE) return null;
  const spread = (100 * Z * Math.sqrt(count * share * (1 - share))) / count;
  const [value_us, low_us, high_us] = [percentile, percentile - spread, percentile + spread].map((one) =>
    histogram.percentile(Math.min(100, Math.max(0, one))),
  );
  if (value_us == null || low_us == null || high_us == null) return null;
  return { percentile, value_us, low_us, high_us };
}
