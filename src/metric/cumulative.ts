import type { LatencyHistogram } from './histogram.ts';

/** Upper ends of classic buckets in microseconds: 0.5 ms, each twice the one before, to 32.8 s. */
export const CLASSIC_BOUNDS_US: readonly number[] = Array.from({ length: 17 }, (_, at) => 500 * 2 ** at);

/**
 * How many samples of a histogram do not exceed each bound. What shares the HDR bucket of a bound (0.1 % wide) can't be told
 * from it and counts as not above it.
 * @param bounds_us ascending
 * @returns as many counts, none smaller than the one before
 */
export function countsUpTo(histogram: LatencyHistogram, bounds_us: readonly number[]): number[] {
  const { buckets } = histogram.toDelta();
  const ends = bounds_us.map((bound) => histogram.indexOf(bound));
  const counts: number[] = [];
  let at = 0;
  let sum = 0;
  for (const end of ends) {
    for (; at < buckets.length && (buckets[at] ?? 0) <= end; at += 2) sum += buckets[at + 1] ?? 0;
    counts.push(sum);
  }
  return counts;
}
