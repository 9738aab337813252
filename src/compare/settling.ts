/** How long the start of a run differs from the rest of it. */
export interface Settling {
  /** Seconds to leave out. */
  readonly seconds: number;
  /** False where even the second half still changes: what is left out then is half, and may be too little. */
  readonly isSettled: boolean;
}

/** A start is looked for in the first half: with less left behind it, chance decides. */
const MOST_SHARE = 1 / 2;
/** Fewer values say nothing of a start. */
const FEWEST = 6;

/**
 * Where the start of a run ends: MSER (White 1997), the rule of simulations. So much is left out that the mean of what is left is known
 * best: leaving out what differs makes the rest more alike, leaving out more only makes it fewer. It has no limit to be chosen, and a
 * single slow second does not keep it waiting, as "two windows that agree" would.
 * @param values one for each second, above zero, such as its p95; their logarithms are looked at, so a start that is twice as slow weighs
 *   alike everywhere
 */
export function settlingOf(values: readonly number[]): Settling {
  const logs = values.map(Math.log);
  const most = Math.floor(logs.length * MOST_SHARE);
  if (logs.length < FEWEST) return { seconds: 0, isSettled: true };
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let left = 0; left <= most; left++) {
    const error = squaredErrorOfMean(logs.slice(left));
    // Equal where nothing differs at all: then nothing is left out.
    if (error >= least) continue;
    least = error;
    best = left;
  }
  return { seconds: best, isSettled: best < most };
}

function squaredErrorOfMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length ** 2;
}
