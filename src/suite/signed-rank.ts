/**
 * Wilcoxon's signed-rank test: the two-sided chance that differences which favour neither side lie as far to one side as these
 * do, exactly. Zeros are left out, equal sizes share their ranks.
 * @param differences at most {@link MOST}
 * @returns 1 where there is nothing to rank
 */
export function signedRankChance(differences: readonly number[]): number {
  const sorted = differences.filter((one) => one !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  if (sorted.length === 0) return 1;
  if (sorted.length > MOST) throw new RangeError(`at most ${MOST} differences`);
  const ranks = doubledRanks(sorted.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.filter((_, at) => (sorted[at] ?? 0) > 0).reduce((sum, rank) => sum + rank, 0);
  const far = Math.min(positive, total - positive);
  const ways = waysBySum(ranks, total);
  const tail = ways.slice(0, far + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / 2 ** ranks.length);
}

/** Beyond this the counts are no whole numbers any more. */
const MOST = 50;

/** Twice the ranks, so that those of equal sizes, their mean, are whole. */
function doubledRanks(sizes: readonly number[]): number[] {
  return sizes.map((size) => {
    const first = sizes.indexOf(size);
    const last = sizes.lastIndexOf(size);
    return first + last + 2;
  });
}

/** In how many ways a choice of ranks has each sum. */
function waysBySum(ranks: readonly number[], total: number): number[] {
  const ways = new Array<number>(total + 1).fill(0);
  ways[0] = 1;
  for (const rank of ranks)
    for (let sum = total; sum >= rank; sum--) ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
  return ways;
}
