import { expect, it } from 'vitest';
import { SeenBits } from '../../../src/workload/subscribe/seen-bits.ts';

it('knows each subscriber of each slot, until the slot is cleared', () => {
  const seen = new SeenBits(2, 9);
  expect([seen.mark(1, 8), seen.mark(1, 8), seen.mark(1, 0), seen.mark(0, 8)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  seen.clear(1);
  expect([seen.has(1, 8), seen.has(1, 0), seen.has(0, 8), seen.has(0, 7)]).toEqual([
    false,
    false,
    true,
    false,
  ]);
});
