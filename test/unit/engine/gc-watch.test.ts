import { constants } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { GcWatch } from '../../../src/engine/worker/gc-watch.ts';
import { eventuallyPasses } from '../../support/eventually.ts';

const watches: GcWatch[] = [];

function watch(): GcWatch {
  const made = new GcWatch();
  watches.push(made);
  return made;
}

afterEach(() => {
  for (const made of watches.splice(0)) made.stop();
});

const MAJOR = { kind: constants.NODE_PERFORMANCE_GC_MAJOR };
const MINOR = { kind: constants.NODE_PERFORMANCE_GC_MINOR };

describe('GcWatch', () => {
  it('adds up pauses and keeps the longest, in microseconds, by the names of Node.js', () => {
    const gc = watch();
    gc.take();
    gc.add([
      { duration: 0.5, detail: MINOR },
      { duration: 4, detail: MAJOR },
    ]);
    gc.add([{ duration: 1, detail: MINOR }]);
    const { count, total_us, longest } = gc.take();
    // The collector of this process may have added pauses of its own.
    expect(count).toBeGreaterThanOrEqual(3);
    expect(total_us).toBeGreaterThanOrEqual(5_500);
    expect(longest?.duration_us).toBeGreaterThanOrEqual(4_000);
  });

  it('takes a pause that the runtime says nothing more of for a major one', () => {
    const gc = watch();
    gc.add([{ duration: 60_000 }]);
    expect(gc.take().longest).toEqual({ kind: 'major', duration_us: 60_000_000 });
  });

  it('begins anew after each taking', () => {
    const gc = watch();
    gc.add([{ duration: 60_000, detail: MAJOR }]);
    gc.take();
    expect(gc.take().longest?.duration_us ?? 0).toBeLessThan(60_000_000);
  });

  it('sees the collections of its own thread', async () => {
    const gc = watch();
    let litter: unknown[] = [];
    await eventuallyPasses(() => {
      for (let n = 0; n < 100_000; n++) litter.push({ n });
      litter = [];
      const { count, longest } = gc.take();
      expect(count).toBeGreaterThan(0);
      expect(longest?.duration_us).toBeGreaterThan(0);
    });
  });
});
