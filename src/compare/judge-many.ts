import { type Bound, medianBound } from '../metric/bound.ts';
import { chanceOfDifference } from './equivalence.ts';
import { type Judged, type Sides, undecided } from './judged.ts';
import { deviationWithin, runsToTell } from './power.ts';
import { rankTest } from './rank-test.ts';
import { BEYOND, type Scale, scaleOf } from './scale.ts';
import { shiftBetween } from './shift.ts';

/** With fewer runs a side no arrangement of ranks is rare enough for several gated quantities. */
export const MIN_RUNS = 4;
/** Interleaved runs of the same relay differ by less than so many standard errors nearly always. */
const NOISE_ERRORS = 2;

/** What many runs say about a quantity before other quantities are looked at. */
export interface TestResult {
  readonly change: number | null;
  readonly changeLow: number | null;
  readonly changeHigh: number | null;
  readonly threshold: number;
  readonly pWorse: number;
  readonly pBetter: number;
  /** Chance of runs this close together where the sides differ by the smallest effect or more. */
  readonly pDifferent: number;
  /** Runs a side that would show equal sides to be equal; null where that is not known. */
  readonly runsNeeded: number | null;
  /** Whether all values of both sides are equal: no arrangement of them could ever be significant. */
  readonly isConstant: boolean;
}

/** What decides how far a change must go. */
export interface EffectLimits {
  /** Smallest change that counts, and the margin within which runs are the same. */
  readonly minEffect: number;
  /** The change that single runs may differ by: it counts where the runs of a side were made in one block. */
  readonly tolerance: number;
  /** Whether the runs of the sides were made one side after the other: then drift looks like a change. */
  readonly inBlocks: boolean;
}

/** The result of the tests, or why there is none. */
export function testResultOf(sides: Sides, limits: EffectLimits): TestResult | string {
  const base = known(sides.base);
  const candidate = known(sides.candidate);
  const fewest = Math.min(base.length, candidate.length);
  if (fewest < MIN_RUNS) return `only ${fewest} runs a side have a value; ${MIN_RUNS} are needed`;
  if ([...base, ...candidate].every(({ isAtLeast }) => isAtLeast))
    return 'no run of either side can say: too many operations were never answered';
  const scale = scaleOf(sides.unit);
  const [b, c] = [base.map(scale.to), candidate.map(scale.to)];
  const middle = medianBound(base)?.value ?? 0;
  const { pGreater, pLess } = rankTest(b, c);
  const isLowerBetter = sides.direction === 'lower';
  const margin = scale.difference(scale.minEffect(limits.minEffect), middle);
  const deviation = deviationWithin([b, c]);
  return {
    ...changeOf(b, c, { scale, middle, limits }),
    pWorse: isLowerBetter ? pGreater : pLess,
    pBetter: isLowerBetter ? pLess : pGreater,
    pDifferent: chanceOfDifference(b, c, margin),
    runsNeeded: deviation === null || margin <= 0 ? null : runsToTell(deviation, margin),
    isConstant: new Set([...b, ...c]).size === 1,
  };
}

interface Measure {
  readonly scale: Scale;
  /** Median of the base. */
  readonly middle: number;
  readonly limits: EffectLimits;
}

function changeOf(
  base: readonly number[],
  candidate: readonly number[],
  { scale, middle, limits }: Measure,
): Pick<TestResult, 'change' | 'changeLow' | 'changeHigh' | 'threshold'> {
  const { estimate, interval, standardError } = shiftBetween(base, candidate);
  const toChange = (difference: number): number | null => scale.change(difference, middle);
  const noise = Math.abs(toChange(NOISE_ERRORS * standardError) ?? 0);
  const least = limits.inBlocks ? scale.tolerance(limits.tolerance) : 0;
  return {
    change: toChange(estimate),
    changeLow: interval === null ? null : toChange(interval[0]),
    changeHigh: interval === null ? null : toChange(interval[1]),
    threshold: Math.max(scale.minEffect(limits.minEffect), noise, least),
  };
}

/**
 * The verdict on a quantity: worse or better only where the test and the size of the change say so, the same only
 * where two one-sided tests say that no change that counts is left; whatever is neither can't be told.
 * @param result with p values as they are held against `alpha`
 */
export function judgeTestResult(result: TestResult, alpha: number, inBlocks: boolean): Judged {
  const { isConstant, ...shown } = result;
  const { change, threshold } = shown;
  if (isConstant) return { ...shown, verdict: 'same' };
  const size = change === null ? BEYOND : Math.abs(change);
  const isWorse = shown.pWorse <= alpha && size > threshold;
  const isBetter = shown.pBetter <= alpha && size > threshold;
  if (isWorse || isBetter) return { ...shown, verdict: isWorse ? 'worse' : 'better' };
  if (shown.pDifferent <= alpha && !inBlocks) return { ...shown, verdict: 'same' };
  return undecided(`can't tell: ${whyNot(result, alpha, inBlocks)}`, shown);
}

function whyNot({ pWorse, pBetter, runsNeeded }: TestResult, alpha: number, inBlocks: boolean): string {
  if (inBlocks) return 'the sides were measured one after the other, so drift and change look alike';
  const found = Math.min(pWorse, pBetter) <= alpha;
  const what = found
    ? 'there is a change, but not surely one that counts'
    : 'neither a change that counts nor its absence is shown';
  return runsNeeded === null ? what : `${what}; ${runsText(runsNeeded)} a side would be enough`;
}

/** Beyond this nobody waits; the noise is what has to change. */
const MOST_RUNS = 100;

function runsText(runs: number): string {
  return runs > MOST_RUNS ? `more than ${MOST_RUNS} runs` : `about ${runs} runs`;
}

function known(values: readonly (Bound | null)[]): Bound[] {
  return values.filter((value) => value !== null);
}
