import { type LatencySummary, type QuantileName, samplesNeeded } from './summary.ts';

/**
 * A number, or the least that it can be: an operation that was never answered took at least as long as the slowest that
 * was. What is known only as "at least this" ranks above everything that is known, so that nobody looks fast by silence.
 */
export interface Bound {
  readonly value: number;
  /** Whether the true value is `value` or more, nobody knows how much more. */
  readonly isAtLeast: boolean;
}

/** What was measured to its end. */
export function exactly(value: number): Bound {
  return { value, isAtLeast: false };
}

/** What can only be larger. */
export function atLeast(value: number): Bound {
  return { value, isAtLeast: true };
}

/** The number where it is known. */
export function exactOrNull(bound: Bound | null): number | null {
  return bound === null || bound.isAtLeast ? null : bound.value;
}

/** The least that it can be, where that is all that is known. */
export function leastOrNull(bound: Bound | null): number | null {
  return bound?.isAtLeast === true ? bound.value : null;
}

/** Order for sorting, the known ones first: "at least this" may be anything above. */
export function byRank(one: Bound, other: Bound): number {
  return Number(one.isAtLeast) - Number(other.isAtLeast) || one.value - other.value;
}

/** The middle of several; of an even number the mean of the two, at least that where one of them is. Null of none. */
export function medianBound(bounds: readonly Bound[]): Bound | null {
  const sorted = [...bounds].sort(byRank);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted.length % 2 === 1 ? upper : sorted[(sorted.length >> 1) - 1];
  if (upper === undefined || lower === undefined) return null;
  const isAtLeast = upper.isAtLeast || lower.isAtLeast;
  // The lower bound of one that ranks above may lie below: the median is at least the known one then.
  const value = isAtLeast && !lower.isAtLeast ? lower.value : (lower.value + upper.value) / 2;
  return { value, isAtLeast };
}

/**
 * A percentile in µs over all operations, unanswered ones included: at least the slowest answer where it falls among
 * those. Null where there were too few operations for it.
 */
export function quantileBound(summary: LatencySummary, name: QuantileName): Bound | null {
  const value = summary[`${name}_us`];
  if (value !== null) return exactly(value);
  const hasEnough = summary.count + summary.censored >= samplesNeeded(name);
  return hasEnough && summary.censored > 0 ? atLeast(summary.max_us ?? 0) : null;
}

/** The slowest of all operations in µs; at least the slowest answer where some got none. */
export function maxBound({ max_us, censored }: LatencySummary): Bound | null {
  if (censored > 0) return atLeast(max_us ?? 0);
  return max_us === null ? null : exactly(max_us);
}

/** The mean in µs; where some got no answer, at least the mean with those as slow as the slowest answer. */
export function meanBound({ mean_us, max_us, count, censored }: LatencySummary): Bound | null {
  if (censored > 0) return atLeast(((mean_us ?? 0) * count + (max_us ?? 0) * censored) / (count + censored));
  return mean_us === null ? null : exactly(mean_us);
}
