import { median } from '../base/median.ts';
import { leftOutAtEachEnd } from './rank-test.ts';
import { isBeyond } from './scale.ts';

/** Confidence of every interval of a change. */
export const CONFIDENCE = 0.95;

/** By how much the candidate lies above the base, in the unit of the values; an end that is beyond is not known. */
export interface Shift {
  /** Hodges–Lehmann: the median of all pairwise differences. */
  readonly estimate: number;
  /** Interval of at least {@link CONFIDENCE}; null where too few runs allow none. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Standard error of the estimate, from the spread within the sides; 0 where there is none. */
  readonly standardError: number;
}

/** Turns a median absolute deviation into the standard deviation of normal values. */
const MAD_TO_DEVIATION = 1.4826;

/**
 * The shift between two samples without an assumption about their shape (Hodges and Lehmann 1963, interval of Moses
 * 1965).
 */
export function shiftBetween(base: readonly number[], candidate: readonly number[]): Shift {
  const differences = candidate.flatMap((c) => base.map((b) => c - b)).sort((a, b) => a - b);
  const leftOut = leftOutAtEachEnd(base.length, candidate.length, CONFIDENCE);
  const low = differences[leftOut ?? 0] ?? 0;
  const high = differences[differences.length - 1 - (leftOut ?? 0)] ?? 0;
  const deviations = [base, candidate].flatMap(deviationsOf);
  const spread = deviations.length === 0 ? 0 : MAD_TO_DEVIATION * median(deviations);
  return {
    estimate: median(differences),
    interval: leftOut === null ? null : [low, high],
    standardError: spread * Math.sqrt(1 / base.length + 1 / candidate.length),
  };
}

/** How far the known values of a side lie from their middle. */
function deviationsOf(side: readonly number[]): number[] {
  const known = side.filter((value) => !isBeyond(value));
  const middle = median(known);
  return known.map((value) => Math.abs(value - middle));
}
