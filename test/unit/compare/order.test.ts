import { describe, expect, it } from 'vitest';
import { interleave } from '../../../src/compare/order.ts';

describe('interleave', () => {
  it('gives every round each contestant once, and the next round in reverse', () => {
    for (const count of [2, 3, 5]) {
      const orders = interleave(count, 6, 7);
      for (const order of orders)
        expect([...order].sort()).toEqual(Array.from({ length: count }, (_, at) => at));
      for (const at of [0, 2, 4]) expect(orders[at + 1]).toEqual(orders[at]?.toReversed());
    }
  });

  it('is the same for the same seed and differs between seeds', () => {
    expect(interleave(4, 8, 1)).toEqual(interleave(4, 8, 1));
    expect(interleave(4, 8, 1)).not.toEqual(interleave(4, 8, 2));
  });

  it('lets either of two go first about equally often', () => {
    const firsts = Array.from({ length: 200 }, (_, seed) => interleave(2, 1, seed)[0]?.[0]);
    const base = firsts.filter((first) => first === 0).length;
    expect(base).toBeGreaterThan(70);
    expect(base).toBeLessThan(130);
  });
});
