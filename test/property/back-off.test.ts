import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitMs } from '../../src/base/back-off.ts';
import { createRandom } from '../../src/base/random.ts';

const backOff = fc.record({
  firstMs: fc.integer({ min: 1, max: 10_000 }),
  longestMs: fc.integer({ min: 1, max: 600_000 }),
});
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('full jitter', () => {
  it('never waits longer than its bounds, however many attempts have failed', () => {
    fc.assert(
      fc.property(backOff, fc.nat(10_000), unit, (bounds, attempt, drawn) => {
        const wait = waitMs(bounds, attempt, drawn);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(bounds.longestMs);
        expect(wait).toBeLessThanOrEqual(bounds.firstMs * 2 ** attempt);
      }),
    );
  });

  it('without jitter waits exactly its bound, whatever is drawn', () => {
    fc.assert(
      fc.property(backOff, fc.nat(10_000), unit, (bounds, attempt, drawn) => {
        const most = Math.min(bounds.longestMs, bounds.firstMs * 2 ** attempt);
        expect(waitMs({ ...bounds, hasJitter: false }, attempt, drawn)).toBe(most);
      }),
    );
  });

  it('spreads over the whole of its bound, so that no two clients come back together', () => {
    const random = createRandom(1, 'back-off');
    const waits = Array.from({ length: 10_000 }, () =>
      waitMs({ firstMs: 1_000, longestMs: 30_000 }, 3, random.next()),
    );
    const inTenth = (tenth: number): number =>
      waits.filter((wait) => Math.floor(wait / 800) === tenth).length;
    for (let tenth = 0; tenth < 10; tenth++) expect(inTenth(tenth)).toBeGreaterThan(850);
  });
});
