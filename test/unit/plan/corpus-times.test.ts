import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTimes, reachOf } from '../../../src/plan/corpus-times.ts';

const DAY_S = 86_400;
const NOW = { now_s: 1_800_000_000, run_s: 700 };
const OWN = { end_s: NOW.now_s - 200 * DAY_S, span_s: 30 * DAY_S };

describe('the times of a corpus', () => {
  it('are its own where nothing limits them', () => {
    expect(fitTimes(OWN, { before_s: null, after_s: 900 }, NOW)).toBe(OWN);
  });

  it('keep their span and end today where the relay takes what is younger than 100 days', () => {
    const times = fitTimes(OWN, { before_s: 100 * DAY_S, after_s: null }, NOW);
    expect(times).toEqual({ end_s: Math.floor(NOW.now_s / DAY_S) * DAY_S, span_s: OWN.span_s });
  });

  it('end before now where they lie in the future', () => {
    const times = fitTimes({ ...OWN, end_s: NOW.now_s + DAY_S }, { before_s: null, after_s: 900 }, NOW);
    expect(times?.end_s).toBeLessThanOrEqual(NOW.now_s);
  });

  it('are none where what the relay takes has passed before the run is over', () => {
    expect(fitTimes(OWN, { before_s: 60, after_s: null }, NOW)).toBeNull();
  });

  it('are taken by the relay until the run is over, whatever it takes', () => {
    const seconds = fc.integer({ min: 1_000, max: 400 * DAY_S });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 10_000 }), (before_s, run_s) => {
        const times = fitTimes(OWN, { before_s, after_s: 0 }, { ...NOW, run_s });
        if (times === null) return before_s - run_s < 10;
        const oldest_s = times.end_s - reachOf(times.span_s);
        return NOW.now_s + run_s - oldest_s <= before_s && times.end_s <= NOW.now_s && times.span_s >= 1;
      }),
    );
  });
});
