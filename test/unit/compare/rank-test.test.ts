import { describe, expect, it } from 'vitest';
import { leftOutAtEachEnd, rankTest } from '../../../src/compare/rank-test.ts';

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);

const TIED = {
  base: [1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 10, 11],
  candidate: [2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12, 12, 13, 14],
};

describe('rankTest', () => {
  it.each([
    [3, 1 / 20],
    [4, 1 / 70],
    [5, 1 / 252],
    [7, 1 / 3_432],
  ])('of %d runs a side, all higher, has the smallest chance there is', (count, chance) => {
    const test = rankTest(range(0, count), range(100, count));
    expect(test.pGreater).toBeCloseTo(chance, 12);
    expect(test.pLess).toBe(1);
    expect(test.isExact).toBe(true);
  });

  it('counts the arrangements of a published example', () => {
    // Base 1 2 4, candidate 3 5: rank sum 8 of {9, 8, 7, …}; 2 of 10 arrangements reach it.
    expect(rankTest([1, 2, 4], [3, 5]).pGreater).toBeCloseTo(2 / 10, 12);
  });

  it('gives equal values their mean rank', () => {
    // Ranks 1, 2.5, 2.5, 4: the sums of two are 3.5 (twice), 5 (twice), 6.5 (twice); the candidate has 6.5.
    expect(rankTest([1, 2], [2, 3]).pGreater).toBeCloseTo(2 / 6, 12);
  });

  it('finds nothing where all values are equal', () => {
    expect(rankTest([5, 5, 5, 5], [5, 5, 5, 5])).toEqual({ pGreater: 1, pLess: 1, isExact: true });
    expect(rankTest(Array(30).fill(1), Array(30).fill(1))).toMatchObject({ pGreater: 1, pLess: 1 });
  });

  it('goes over to the normal curve without a jump', () => {
    const shifted = (count: number): [number[], number[]] => [
      range(0, count),
      range(0, count).map((v) => v + 4.5),
    ];
    const exact = rankTest(...shifted(15));
    const approximate = rankTest(...shifted(16));
    expect([exact.isExact, approximate.isExact]).toEqual([true, false]);
    expect(approximate.pGreater / exact.pGreater).toBeGreaterThan(0.5);
    expect(approximate.pGreater / exact.pGreater).toBeLessThan(1.5);
  });

  // By SciPy 1.17, mannwhitneyu(candidate, base, alternative=…, method='asymptotic').
  it.each([
    { case: 'with equal values', ...TIED, greater: 0.026_598_37, less: 0.975_549_7 },
    {
      case: 'without',
      base: range(0, 16),
      candidate: range(0, 16).map((value) => value + 4.5),
      greater: 0.010_228_24,
      less: 0.990_752_53,
    },
    {
      case: 'of sides of two sizes, lower',
      base: range(0, 20),
      candidate: range(0, 12).map((value) => value + 0.5),
      greater: 0.950_967_76,
      less: 0.053_113_64,
    },
  ])('gives the chances of the normal curve as another program does: $case', (given) => {
    const found = rankTest(given.base, given.candidate);
    expect(found.isExact).toBe(false);
    expect(found.pGreater).toBeCloseTo(given.greater, 6);
    expect(found.pLess).toBeCloseTo(given.less, 6);
  });

  it('needs a value on either side', () => {
    expect(() => rankTest([], [1])).toThrow(RangeError);
  });
});

describe('leftOutAtEachEnd', () => {
  it.each([
    [3, null],
    [4, 0],
    [5, 2],
    [7, 8],
    [10, 23],
    // More than thirty runs together: by the normal curve.
    [16, 75],
    [20, 127],
  ])('of %d runs a side at 95 %% is that of the tables of U', (count, leftOut) => {
    expect(leftOutAtEachEnd(count, count, 0.95)).toBe(leftOut);
  });
});
