import { own } from '../base/own.ts';
import { baseLatency, isOfGenerator, LATENCY_NAMES } from '../metric/catalogue.ts';
import { rankInterval } from '../metric/effective.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { MIN_SAMPLES_ABOVE } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Distribution, DistributionQuantile } from './schema.ts';

/** Where the distributions are read: the whole shape, closer towards the tail. */
const PERCENTILES = [1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99];

/** Both sides of every latency that both have, without labels; from merged histograms, never from averages. */
export function distributionsOf(base: readonly RunRecord[], candidate: readonly RunRecord[]): Distribution[] {
  const names = LATENCY_NAMES.filter((name) => name === baseLatency(name) && !isOfGenerator(name));
  return names.flatMap((series) => {
    const sides = [mergedHistogram(base, series), mergedHistogram(candidate, series)] as const;
    if (sides.some(({ count }) => count === 0)) return [];
    const [one, other] = sides.map((side) => ({
      count: side.count,
      censored: side.censored,
      quantiles: quantilesOf(side),
    }));
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

/** The quantiles that enough operations lie above (and below), up to those that were never answered. */
function quantilesOf(histogram: LatencyHistogram): DistributionQuantile[] {
  return PERCENTILES.flatMap((percentile) => {
    const found = quantileOf(histogram, percentile);
    return found === null ? [] : [found];
  });
}

/**
 * A quantile of all operations with its rank interval at 95 %, as if they were independent. Unanswered ones stand above all: an upper end among them is not known.
 * @param percentile 0..100
 */
export function quantileOf(histogram: LatencyHistogram, percentile: number): DistributionQuantile | null {
  const operations = histogram.count + histogram.censored;
  const share = percentile / 100;
  if (operations * Math.min(share, 1 - share) + 1e-9 < MIN_SAMPLES_ABOVE) return null;
  const [low, high] = rankInterval(share, { samples: operations, freedom: null });
  const value_us = histogram.percentileOfAll(percentile);
  const low_us = histogram.percentileOfAll(100 * low);
  if (value_us === null || low_us === null) return null;
  return {
    percentile,
    value_us,
    low_us,
    high_us: high === null ? null : histogram.percentileOfAll(100 * high),
  };
}
