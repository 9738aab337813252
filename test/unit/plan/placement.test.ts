import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placementFor } from '../../../src/plan/placement.ts';

describe('placementFor', () => {
  it('gives the last cores to the workers and leaves the first to the rest', () => {
    expect(placementFor(1, [0, 1])).toEqual({ workers: [1], others: [0] });
    expect(placementFor(2, [0, 2, 4, 6])).toEqual({ workers: [4, 6], others: [0, 2] });
  });

  it('needs one core more than there are workers', () => {
    expect([placementFor(1, [3]), placementFor(3, [0, 1, 2]), placementFor(1, [])]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('gives away every core once', () => {
    const cores = fc.uniqueArray(fc.nat(255), { minLength: 2 });
    fc.assert(
      fc.property(cores, fc.integer({ min: 1, max: 64 }), (all, workers) => {
        const placement = placementFor(workers, all);
        expect(placement === null).toBe(all.length <= workers);
        if (placement === null) return;
        expect(placement.workers).toHaveLength(workers);
        expect([...placement.others, ...placement.workers]).toEqual(all);
      }),
    );
  });
});
