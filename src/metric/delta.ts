import { bucketAt, middleOf } from './bucket.ts';
import type { HistogramDelta } from './histogram.ts';

// What a histogram of 25,000 places, 100 KiB, can do, for the few hundred samples of a second: the places that hold none are never looked at.
// A coordinator that fills two dozen histograms in every second, and reads them, takes that time from relay and generator on a small machine.

/** The samples of both. What never ended is left out. */
export function addDeltas(a: HistogramDelta, b: HistogramDelta): HistogramDelta {
  return {
    buckets: mergedBuckets(a.buckets, b.buckets),
    count: a.count + b.count,
    min_us: Math.min(a.min_us, b.min_us),
    max_us: Math.max(a.max_us, b.max_us),
    sum_us: a.sum_us + b.sum_us,
    clamped: a.clamped + b.clamped,
    censored: 0,
  };
}

/** Both in the order of their places, as `toDelta` gives them. */
function mergedBuckets(a: Float64Array, b: Float64Array): Float64Array {
  const merged: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY];
    const place = Math.min(left, right);
    let count = 0;
    if (left === place) {
      count += a[i + 1] ?? 0;
      i += 2;
    }
    if (right === place) {
      count += b[j + 1] ?? 0;
      j += 2;
    }
    merged.push(place, count);
  }
  return Float64Array.from(merged);
}

/**
 * The value in µs that `percentile` (0..100) of the samples and of `censored` operations above them do not exceed, as
 * `LatencyHistogram.percentileOfAll` says it; null where it falls among the censored or there are no samples.
 */
export function percentileOfDelta(delta: HistogramDelta, percentile: number, censored = 0): number | null {
  const { buckets, count, min_us, max_us } = delta;
  if (count === 0) return null;
  const share = (percentile * (count + censored)) / count;
  if (share > 100) return null;
  if (share >= 100) return max_us;
  const rank = rankOf(share, count);
  let below = 0;
  for (let i = 0; i < buckets.length; i += 2) {
    below += buckets[i + 1] ?? 0;
    if (below < rank) continue;
    return Math.max(min_us, Math.min(middleOf(bucketAt(buckets[i] ?? 0)), max_us));
  }
  return max_us;
}

/** The longest sample in µs, exactly; null without samples. */
export function longestOf(delta: HistogramDelta | null | undefined): number | null {
  return delta == null || delta.count === 0 ? null : delta.max_us;
}

/** Products such as 0.95 × 200 may come out a little above the whole number that they are. */
function rankOf(percentile: number, count: number): number {
  const exact = (percentile / 100) * count;
  return Math.max(1, Math.ceil(exact - exact * Number.EPSILON));
}
