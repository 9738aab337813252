import { expect, it } from 'vitest';
import { median } from '../../../src/base/median.ts';
import { shiftBetween } from '../../../src/compare/shift.ts';

it('estimates a shift that one outlier does not move', () => {
  const shift = shiftBetween([1, 2, 3, 4, 5], [11, 12, 13, 14, 1_000]);
  expect(shift.estimate).toBe(10);
  expect(shift.interval).toEqual([7, 997]);
});

it('leaves the interval out where three runs a side allow none', () => {
  expect(shiftBetween([1, 2, 3], [4, 5, 6]).interval).toBeNull();
});

it('has no error where runs do not differ among themselves', () => {
  expect(shiftBetween([2, 2, 2, 2], [3, 3, 3, 3])).toMatchObject({ estimate: 1, standardError: 0 });
});

it('takes the mean of the two middle values', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  expect(median([])).toBeNaN();
});
