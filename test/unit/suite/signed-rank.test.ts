import { describe, expect, test } from 'vitest';
import { signedRankChance } from '../../../src/suite/signed-rank.ts';

describe('signed ranks', () => {
  test('of differences that all lie on one side are as rare as that: two of 2^n ways', () => {
    expect(signedRankChance([1, 2, 3, 4, 5])).toBeCloseTo(2 / 32);
    expect(signedRankChance([-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8])).toBeCloseTo(2 / 256);
  });

  test('of differences to both sides are as the tables have them', () => {
    // W = 6 of n = 8: P(W <= 6) = 14/256.
    expect(signedRankChance([-1, -2, -3, 4, 5, 6, 7, 8])).toBeCloseTo(28 / 256);
    expect(signedRankChance([1, -2, 3, -4])).toBe(0.875);
  });

  test('share their ranks where sizes are equal', () => {
    expect(signedRankChance([1, 1, 1, -1])).toBeCloseTo(10 / 16);
  });

  test('leave out what does not differ', () => {
    expect(signedRankChance([0, 0])).toBe(1);
    expect(signedRankChance([0, 1, 2, 3, 4, 5])).toBeCloseTo(2 / 32);
    expect(signedRankChance([])).toBe(1);
  });

  test('of more than can be counted exactly are refused', () => {
    expect(() => signedRankChance(Array.from({ length: 51 }, (_, at) => at + 1))).toThrow(RangeError);
  });
});
