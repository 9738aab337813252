import { createRandom } from '../base/random.ts';
import { leftOutAtEachEnd } from './rank-test.ts';
import { isBeyond } from './scale.ts';

/** Share of cases in which something that is there is to be found. */
export const POWER = 0.8;

/** Efficiency of ranks against the t-test where values are normal (3/π). */
const RANK_EFFICIENCY = 0.955;
/** Of the standard normal distribution: one-sided 95 %, and one-sided 90 % (both tests of a TOST hold in 80 %). */
const Z_95 = 1.645;
const Z_90 = 1.282;
const MIN_RUNS_A_SIDE = 4;
const TRIALS = 1_000;

/** Standard deviation within the sides, from the known values; null where no side has two. */
export function deviationWithin(sides: readonly (readonly number[])[]): number | null {
  let squares = 0;
  let freedom = 0;
  for (const side of sides) {
    const known = side.filter((value) => !isBeyond(value));
    if (known.length < 2) continue;
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    squares += known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    freedom += known.length - 1;
  }
  return freedom === 0 ? null : Math.sqrt(squares / freedom);
}

/**
 * Runs a side with which equal sides are shown to be equal in {@link POWER} of all cases; a change as large as the margin
 * is found with fewer.
 * @param deviation within the sides
 * @param margin in the same unit, above 0
 */
export function runsToTell(deviation: number, margin: number): number {
  const runs = (2 * (deviation * (Z_95 + Z_90)) ** 2) / (RANK_EFFICIENCY * margin ** 2);
  return Math.max(MIN_RUNS_A_SIDE, Math.ceil(runs));
}

/**
 * The smallest difference, in standard deviations within a side, that a two-sided Mann–Whitney test finds in
 * {@link POWER} of all cases; null where so few runs can find none.
 * @param runs a side
 * @param level what the two-sided chance is held against
 */
export function detectableShift(runs: number, level: number): number | null {
  const leftOut = leftOutAtEachEnd(runs, runs, 1 - level);
  if (leftOut === null) return null;
  const key = `${runs}/${leftOut}`;
  const found = shifts.get(key) ?? simulatedShift(runs, leftOut);
  shifts.set(key, found);
  return found;
}

/** A simulation takes some milliseconds, and every figure of a table asks for the same. */
const shifts = new Map<string, number>();

/** A shift is found from where all but the allowed number of pairs lie on its side. */
function simulatedShift(runs: number, leftOut: number): number {
  const random = createRandom(1, `power/${runs}`);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const side = (): number[] => Array.from({ length: runs }, normal);
  const needed = Array.from({ length: TRIALS }, () => {
    const [base, candidate] = [side(), side()];
    const gaps = base.flatMap((b) => candidate.map((c) => b - c)).sort((a, b) => b - a);
    return gaps[leftOut] ?? 0;
  }).sort((a, b) => a - b);
  return Math.max(0, needed[Math.ceil(POWER * TRIALS) - 1] ?? 0);
}
