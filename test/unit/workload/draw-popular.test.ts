import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { samplePopular } from '../../../src/workload/draw-popular.ts';

const pool = Array.from({ length: 1_000 }, (_, index) => String(index));

describe('samplePopular', () => {
  it('draws the first of a pool most often, as the law of Zipf says', () => {
    const random = createRandom(1, 'popular');
    const counts = new Map<string, number>();
    for (let n = 0; n < 20_000; n++) {
      const [value = ''] = samplePopular(pool, 1, random);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const sum = pool.reduce((total, _, rank) => total + (rank + 1) ** -0.875, 0);
    for (const rank of [0, 1, 9]) {
      const expected = (20_000 * (rank + 1) ** -0.875) / sum;
      expect(Math.abs((counts.get(String(rank)) ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it('draws different values, all of the pool where as many are asked for', () => {
    const random = createRandom(1, 'popular');
    expect(new Set(samplePopular(pool, 900, random)).size).toBe(900);
    expect(new Set(samplePopular(pool, 5_000, random)).size).toBe(1_000);
    expect(samplePopular([], 1, random)).toEqual([]);
  });

  it('is the same for the same seed', () => {
    const draw = (): readonly string[] => samplePopular(pool, 20, createRandom(7, 'popular'));
    expect(draw()).toEqual(draw());
  });
});
