import { rankTest } from './rank-test.ts';
import { isBeyond } from './scale.ts';

/**
 * The chance of runs that lie this close together where the sides differ by `margin` or more: two one-sided
 * Mann–Whitney tests (TOST, Schuirmann 1987), the larger of both. "The same" is a claim of its own and has to be shown.
 * @param margin the smallest difference that counts, in the unit of the values
 */
export function chanceOfDifference(
  base: readonly number[],
  candidate: readonly number[],
  margin: number,
): number {
  const moved = (by: number): number[] => base.map((value) => (isBeyond(value) ? value : value + by));
  const isLess = rankTest(moved(margin), candidate).pLess;
  const isMore = rankTest(moved(-margin), candidate).pGreater;
  return Math.max(isLess, isMore);
}
