import { expect, test } from 'vitest';
import { putDigits } from '../../../src/corpus/ascii.ts';

function written(width: number, value: number): string {
  const target = Buffer.alloc(width + 2, '#');
  putDigits(target, 1, width, value);
  return target.toString();
}

test.each([
  [5, 0, '00000'],
  [5, 99_999, '99999'],
  [8, 12_345_678, '12345678'],
  [10, 1_700_000_000, '1700000000'],
  [10, 42, '0000000042'],
  [16, 9_007_199_254_740_991, '9007199254740991'],
  [16, 100_000_000, '0000000100000000'],
])('%i digits of %i are %s and nothing beside them', (width, value, digits) => {
  expect(written(width, value)).toBe(`#${digits}#`);
});

test('digits that do not fit are cut at the front', () => {
  expect(written(5, 1_234_567)).toBe('#34567#');
});
