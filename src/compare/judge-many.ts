import { median } from '../base/median.ts';
import { type Judged, type Sides, undecided } from './judged.ts';
import { rankTest } from './rank-test.ts';
import { scaleOf } from './scale.ts';
import { shiftBetween } from './shift.ts';

/** With fewer runs a side no arrangement of ranks is rare enough for several gated quantities. */
export const MIN_RUNS = 4;
/** Interleaved runs of the same relay differ by less than so many standard errors nearly always. */
const NOISE_ERRORS = 2;

/** What many runs say about a quantity before other quantities are looked at. */
export interface Evidence {
  readonly change: number | null;
  readonly changeLow: number | null;
  readonly changeHigh: number | null;
  readonly threshold: number;
  readonly pWorse: number;
  readonly pBetter: number;
  /** Whether all values of both sides are equal: no arrangement of them could ever be significant. */
  readonly isConstant: boolean;
}

/** The evidence, or why there is none. */
export function evidenceOf(sides: Sides, minEffect: number): Evidence | string {
  const base = known(sides.base);
  const candidate = known(sides.candidate);
  const fewest = Math.min(base.length, candidate.length);
  if (fewest < MIN_RUNS) return `only ${fewest} runs a side have a value, ${MIN_RUNS} are needed`;
  const scale = scaleOf(sides.unit);
  const [b, c] = [base.map(scale.to), candidate.map(scale.to)];
  const { estimate, interval, standardError } = shiftBetween(b, c);
  const toChange = (difference: number): number | null => scale.change(difference, median(base));
  const { pGreater, pLess } = rankTest(b, c);
  const isLowerBetter = sides.direction === 'lower';
  const noise = Math.abs(toChange(NOISE_ERRORS * standardError) ?? 0);
  return {
    change: toChange(estimate),
    changeLow: interval === null ? null : toChange(interval[0]),
    changeHigh: interval === null ? null : toChange(interval[1]),
    threshold: Math.max(scale.minEffect(minEffect), noise),
    pWorse: isLowerBetter ? pGreater : pLess,
    pBetter: isLowerBetter ? pLess : pGreater,
    isConstant: new Set([...b, ...c]).size === 1,
  };
}

/**
 * The verdict on a quantity: worse or better only where the test and the size of the change say so, the same only
 * where the interval leaves no room for a change that counts.
 * @param evidence with p values as they are held against `alpha`
 */
export function judgeEvidence(evidence: Evidence, alpha: number): Judged {
  const { isConstant, ...shown } = evidence;
  const { change, threshold, changeLow, changeHigh } = shown;
  if (isConstant) return { ...shown, verdict: 'same' };
  const size = change === null ? Number.POSITIVE_INFINITY : Math.abs(change);
  const isWorse = shown.pWorse <= alpha && size > threshold;
  const isBetter = shown.pBetter <= alpha && size > threshold;
  if (isWorse || isBetter) return { ...shown, verdict: isWorse ? 'worse' : 'better' };
  if (changeLow !== null && changeHigh !== null && -changeLow <= threshold && changeHigh <= threshold)
    return { ...shown, verdict: 'same' };
  const tooSmall = Math.min(shown.pWorse, shown.pBetter) <= alpha;
  return undecided(
    tooSmall
      ? 'the change is real but within the noise of the runs'
      : 'the runs differ too much among themselves to exclude a change that counts',
    shown,
  );
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
