/** Result of a Mann–Whitney U test of two independent samples. */
export interface RankTest {
  /** Chance of a candidate that ranks at least this high where both sides are alike, 0..1. */
  readonly pGreater: number;
  /** Chance of a candidate that ranks at least this low, 0..1. */
  readonly pLess: number;
  /** Whether both chances are counted, not approximated. */
  readonly isExact: boolean;
}

/** Up to this many values all ways to deal them out are counted; beyond it the normal curve is close. */
const EXACT_UP_TO = 30;

/**
 * Mann–Whitney U (Mann and Whitney 1947), one-sided both ways. Equal values share their mean rank; the exact test
 * counts them too, since it deals out the ranks that there are.
 * @throws RangeError where a side is empty
 */
export function rankTest(base: readonly number[], candidate: readonly number[]): RankTest {
  if (base.length === 0 || candidate.length === 0) throw new RangeError('both sides need a value');
  const ranks = doubledRanks([...candidate, ...base]);
  const sum = total(ranks.slice(0, candidate.length));
  return ranks.length <= EXACT_UP_TO
    ? exact(ranks, candidate.length, sum)
    : approximate(ranks, candidate.length, sum);
}

/**
 * Of how many pairwise differences an interval leaves out at either end so that it holds the true shift with at
 * least `confidence` (Moses 1965); null where even the widest interval does not.
 */
export function leftOutAtEachEnd(base: number, candidate: number, confidence: number): number | null {
  const key = `${base}/${candidate}/${confidence}`;
  const known = leftOut.get(key);
  if (known !== undefined) return known;
  const found = searchLeftOut(base, candidate, (1 - confidence) / 2);
  leftOut.set(key, found);
  return found;
}

/** They depend on the numbers of runs alone, and every quantity of a comparison asks for the same. */
const leftOut = new Map<string, number | null>();

function searchLeftOut(base: number, candidate: number, tail: number): number | null {
  const ranks = Array.from({ length: base + candidate }, (_, at) => 2 * (at + 1));
  const smallest = candidate * (candidate + 1);
  const chance =
    ranks.length <= EXACT_UP_TO
      ? lowerTails(waysToSums(ranks, candidate), smallest)
      : (u: number): number => approximate(ranks, candidate, smallest + 2 * u).pLess;
  if (chance(0) > tail) return null;
  let u = 0;
  while (u < (base * candidate) / 2 && chance(u + 1) <= tail) u++;
  return u;
}

/** The chance of a sum of at most `smallest + 2 u`, by `u`. */
function lowerTails(ways: readonly number[], smallest: number): (u: number) => number {
  const all = total(ways);
  let sum = 0;
  const tails = ways.map((count) => {
    sum += count;
    return sum / all;
  });
  return (u) => tails[smallest + 2 * u] ?? 1;
}

/** Ranks from 1, times two, so that shared ranks are whole numbers; in the order of the values. */
function doubledRanks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => at(values, a) - at(values, b));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && at(values, at(order, to + 1)) === at(values, at(order, from))) to++;
    for (let i = from; i <= to; i++) ranks[at(order, i)] = from + to + 2;
    from = to + 1;
  }
  return ranks;
}

function exact(ranks: readonly number[], size: number, sum: number): RankTest {
  const ways = waysToSums(ranks, size);
  const all = total(ways);
  return {
    pGreater: total(ways.slice(sum)) / all,
    pLess: total(ways.slice(0, sum + 1)) / all,
    isExact: true,
  };
}

/** How many subsets of `size` ranks have each sum; the same for all samples of that size without equal values. */
function waysToSums(ranks: readonly number[], size: number): readonly number[] {
  if (new Set(ranks).size < ranks.length) return countWays(ranks, size);
  const key = `${ranks.length}/${size}`;
  const found = untied.get(key) ?? countWays(ranks, size);
  untied.set(key, found);
  return found;
}

const untied = new Map<string, readonly number[]>();

/** A sum of products, so without listing the subsets. */
function countWays(ranks: readonly number[], size: number): number[] {
  const width = total(ranks) + 1;
  const ways = Array.from({ length: size + 1 }, () => new Array<number>(width).fill(0));
  (ways[0] as number[])[0] = 1;
  for (const rank of ranks) {
    for (let taken = size; taken >= 1; taken--) {
      const [with_, without] = [ways[taken] as number[], ways[taken - 1] as number[]];
      for (let sum = width - 1; sum >= rank; sum--) with_[sum] = at(with_, sum) + at(without, sum - rank);
    }
  }
  return ways[size] as number[];
}

/** Normal approximation with continuity and correction for equal values. */
function approximate(ranks: readonly number[], size: number, sum: number): RankTest {
  const count = ranks.length;
  const mean = size * (count + 1);
  const ties = new Map<number, number>();
  for (const rank of ranks) ties.set(rank, (ties.get(rank) ?? 0) + 1);
  const correction = total([...ties.values()].map((tie) => tie ** 3 - tie)) / (count * (count - 1));
  const deviation = Math.sqrt(((size * (count - size)) / 3) * (count + 1 - correction));
  // Sums are doubled, and so is the half that continuity takes.
  const tail = (distance: number): number => (deviation === 0 ? 1 : normalTail((distance - 1) / deviation));
  return { pGreater: tail(sum - mean), pLess: tail(mean - sum), isExact: false };
}

/** Chance of a standard normal value above `z`; Abramowitz and Stegun 26.2.17, absolute error below 1e-7. */
function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.231_641_9 * z);
  const factors = [0.319_381_53, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
  const series = total(factors.map((factor, power) => factor * t ** (power + 1)));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
