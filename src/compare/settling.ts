import { median } from '../base/median.ts';

/** How long the start of a run differs from the rest of it. */
export interface Settling {
  /** Seconds to leave out. */
  readonly seconds: number;
  /** False where even the second half seems to change (by chance about once in nine): half is left out then, and that may be too little. */
  readonly isSettled: boolean;
}

/** Seconds are looked at so many at a time, by their median: a single slow one says nothing. */
const SECONDS_A_BATCH = 3;
/** A start is looked for in the first half: with less left behind it, chance decides. */
const MOST_SHARE = 1 / 2;
/** Fewer batches say nothing of a start. */
const FEWEST = 4;
/** Leaving out more must make the mean known so much better: by chance alone it comes out a little better somewhere. */
const WORTH_WHILE = 1.5;
/** Of the squared error of the mean of a logarithm: below it nothing differs. */
const NOTHING = 1e-12;

/**
 * Where the start of a run ends: MSER (White 1997), the rule of simulations. So much is left out that the mean of what is left is known
 * best: leaving out what differs makes the rest more alike, leaving out more only makes it fewer. It has no limit to be chosen in the unit of
 * the values. Of all that are nearly as good the least is left out.
 * @param values one for each second, above zero, such as its p95; their logarithms are looked at, so a start that is twice as slow weighs
 *   alike everywhere
 */
export function settlingOf(values: readonly number[]): Settling {
  const batches = batchesOf(values.map(Math.log));
  if (batches.length < FEWEST) return { seconds: 0, isSettled: true };
  const most = Math.floor(batches.length * MOST_SHARE);
  const errors = Array.from(
    { length: most + 1 },
    (_, left) => squaredErrorOfMean(batches.slice(left)) + NOTHING,
  );
  const least = Math.min(...errors);
  const isSettled = errors.indexOf(least) < most;
  const left = isSettled ? errors.findIndex((error) => error <= WORTH_WHILE * least) : most;
  return { seconds: left * SECONDS_A_BATCH, isSettled };
}

/** Whole ones. */
function batchesOf(values: readonly number[]): number[] {
  const count = Math.floor(values.length / SECONDS_A_BATCH);
  return Array.from({ length: count }, (_, at) =>
    median(values.slice(at * SECONDS_A_BATCH, (at + 1) * SECONDS_A_BATCH)),
  );
}

function squaredErrorOfMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length ** 2;
}
