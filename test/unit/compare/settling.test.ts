import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { settlingOf } from '../../../src/compare/settling.ts';

const random = createRandom(7, 'settling');
/** Around a level, each up to 15 % away from it. */
const around = (level: number, seconds: number): number[] =>
  Array.from({ length: seconds }, () => level * (0.85 + 0.3 * random.next()));

/** Next to no difference between seconds. */
const near = (level: number, seconds: number): number[] =>
  Array.from({ length: seconds }, (_, at) => level * (1 + 0.01 * (at % 3)));

describe('settlingOf', () => {
  it('leaves nothing out where the start is as the rest', () => {
    expect(settlingOf(new Array(30).fill(900))).toEqual({ seconds: 0, isSettled: true });
  });

  it('leaves out a start that is slower', () => {
    const start = [4_200, 3_300, 2_900, 2_100, 1_900, 1_800];
    expect(settlingOf([...start, ...near(1_000, 24)])).toEqual({ seconds: 6, isSettled: true });
  });

  it('leaves out a start that is faster: caches that fill may make a relay slower', () => {
    expect(settlingOf([...near(500, 6), ...near(1_000, 24)])).toEqual({ seconds: 6, isSettled: true });
  });

  it('leaves out little where nothing but chance differs', () => {
    const found = Array.from({ length: 200 }, () => settlingOf(around(1_000, 30)));
    const mean = found.reduce((sum, { seconds }) => sum + seconds, 0) / found.length;
    expect(mean).toBeLessThan(4);
    expect(found.filter(({ isSettled }) => !isSettled).length).toBeLessThan(40);
  });

  it('is not kept waiting by a slow second', () => {
    const values = new Array<number>(30).fill(1_000);
    values[12] = 3_000;
    expect(settlingOf(values)).toEqual({ seconds: 0, isSettled: true });
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
