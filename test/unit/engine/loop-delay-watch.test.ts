import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoopDelayWatch } from '../../../src/engine/worker/loop-delay-watch.ts';

const NS_PER_MS = 1e6;

/** A clock of our own, ticks that the runtime has seen, and a loop that stands still when it is told to. */
function setUp() {
  let nowNs = 0;
  const seen = { count: 0, max: 0, percentiles: new Map<number, number>() };
  const ticks = {
    ...{ enable: () => true, disable: () => true },
    get count() {
      return seen.count;
    },
    get max() {
      return seen.max;
    },
    get percentiles() {
      return seen.percentiles;
    },
    reset: () => Object.assign(seen, { count: 0, max: 0, percentiles: new Map() }),
  };
  const watch = new LoopDelayWatch({ ticks, clock: () => nowNs });
  return {
    watch,
    /** Time in which the loop goes round. */
    run: (ms: number) => {
      for (let at = 0; at < ms; at++) {
        nowNs += NS_PER_MS;
        vi.advanceTimersByTime(1);
      }
    },
    /** Time in which it does not. */
    standStill: (ms: number) => {
      nowNs += ms * NS_PER_MS;
    },
    /** The runtime has seen one gap. */
    see: (ms: number) =>
      Object.assign(seen, { count: 1, max: ms * NS_PER_MS, percentiles: new Map([[100, ms * NS_PER_MS]]) }),
  };
}

describe('LoopDelayWatch', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sees a loop that stands still right after a taking, which the runtime does not', () => {
    const { watch, run, standStill } = setUp();
    run(100);
    watch.take();
    standStill(1_500);
    run(50);
    const { gaps_us, loopDelay_us } = watch.take();
    expect(gaps_us).toHaveLength(1);
    expect(gaps_us[0]).toBeGreaterThan(1_490_000);
    expect(loopDelay_us.max_us).toBeGreaterThan(1_490_000);
    watch.stop();
  });

  it('sees a loop that stands still right before a taking', () => {
    const { watch, run, standStill } = setUp();
    run(100);
    watch.take();
    run(50);
    standStill(400);
    expect(watch.take().gaps_us).toEqual([390_000]);
    watch.stop();
  });

  it('counts a gap once that the runtime has seen as well', () => {
    const { watch, run, standStill, see } = setUp();
    run(100);
    watch.take();
    run(50);
    standStill(400);
    see(401);
    expect(watch.take().gaps_us).toEqual([391_000]);
    watch.stop();
  });

  it('adds nothing where the loop went round all the time', () => {
    const { watch, run } = setUp();
    for (let second = 0; second < 3; second++) {
      run(1_000);
      expect(watch.take()).toMatchObject({ gaps_us: [], loopDelay_us: { count: 0 } });
    }
    watch.stop();
  });
});
