import { type Bound, exactOrNull } from '../metric/bound.ts';

/** Values of one side, one a run, and the median latency of the same series in the same runs. */
export interface Side {
  readonly values: readonly (Bound | null)[];
  /** Null where there is none, for example for ratios. */
  readonly medians: readonly (Bound | null)[];
}

/** Runs with and without a value are alike where their medians differ by less than this share. */
const ALIKE = 0.05;

/**
 * Why the runs that have a value can't speak for those that have none; null where they can. A percentile is missing where
 * too few operations ended, and that happens to a slow relay first: only where the median of the runs without it lies
 * among those of the others (their range, widened by itself) are they missing at random.
 */
export function notAtRandom({ values, medians }: Side): string | null {
  const missing = [...values.keys()].filter((at) => values[at] === null);
  if (missing.length === 0 || missing.length === values.length) return null;
  const reason = `${missing.length} of ${values.length} runs have too few operations for it, and nothing shows that they resemble the others`;
  const present = [...values.keys()].filter((at) => values[at] !== null);
  const others = present.map((at) => exactOrNull(medians[at] ?? null));
  const theirs = missing.map((at) => exactOrNull(medians[at] ?? null));
  if (present.length < 2 || [...others, ...theirs].includes(null)) return reason;
  const [low, high] = [Math.min(...(others as number[])), Math.max(...(others as number[]))];
  const room = Math.max(high - low, ALIKE * high);
  const isAlike = (theirs as number[]).every((value) => value >= low - room && value <= high + room);
  return isAlike ? null : reason;
}
