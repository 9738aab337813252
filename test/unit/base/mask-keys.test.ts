import { expect, it } from 'vitest';
import { maskKeys } from '../../../src/base/mask-keys.ts';

it.each([
  ['ab12'.repeat(16), '***'],
  [`deleted ${'AB12'.repeat(16)}!`, 'deleted ***!'],
  ['a1b2c3d4e5f60718', '***'],
  [`npub1${'q'.repeat(58)} is blocked`, '*** is blocked'],
  [`nevent1${'z'.repeat(80)}`, '***'],
])('masks keys and event ids: %s', (text, masked) => {
  expect(maskKeys(text)).toBe(masked);
});

it.each([
  'rate-limited',
  'ECONNREFUSED',
  '1006',
  'home-feed',
  '6f1c1b0e-7f0c-4d0a-9a59-0d4d4e7c2b11',
  'note',
])('leaves %s alone', (text) => {
  expect(maskKeys(text)).toBe(text);
});
