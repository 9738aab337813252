import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { settlingOf } from '../../../src/compare/settling.ts';

const random = createRandom(7, 'settling');
/** Around a level, each up to 15 % away from it. */
const around = (level: number, seconds: number): number[] =>
  Array.from({ length: seconds }, () => level * (0.85 + 0.3 * random.next()));

describe('settlingOf', () => {
  it('leaves nothing out where the start is as the rest', () => {
    expect(settlingOf(new Array(30).fill(900))).toEqual({ seconds: 0, isSettled: true });
  });

  it('leaves out a start that is slower', () => {
    const start = [4_200, 3_300, 2_100, 1_900, 1_700, 1_600];
    const { seconds, isSettled } = settlingOf([...start, ...around(1_000, 24)]);
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(seconds).toBeLessThanOrEqual(8);
    expect(isSettled).toBe(true);
  });

  it('leaves out a start that is faster: caches that fill may make a relay slower', () => {
    const { seconds } = settlingOf([...around(500, 5), ...around(1_000, 25)]);
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(seconds).toBeLessThanOrEqual(7);
  });

  it('is not kept waiting by a slow second', () => {
    const values = around(1_000, 30);
    values[12] = 3_000;
    expect(settlingOf(values).seconds).toBeLessThanOrEqual(13);
    expect(settlingOf([...around(1_000, 20), 3_000, ...around(1_000, 9)]).seconds).toBeLessThan(10);
  });

  it('says so where the second half still changes', () => {
    const falling = Array.from({ length: 30 }, (_, second) => 4_000 - 100 * second);
    expect(settlingOf(falling)).toEqual({ seconds: 15, isSettled: false });
  });

  it('leaves all in where there are too few to say', () => {
    expect(settlingOf([4_000, 1_000, 1_000])).toEqual({ seconds: 0, isSettled: true });
    expect(settlingOf([])).toEqual({ seconds: 0, isSettled: true });
  });
});
