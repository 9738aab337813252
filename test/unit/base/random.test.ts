import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';

function draws(seed: number, label: string, count: number): number[] {
  const random = createRandom(seed, label);
  return Array.from({ length: count }, () => random.next());
}

/** Pearson's correlation; two independent streams of n values stay within 4 / √n but once in 16,000. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = a.reduce((sum, v, i) => sum + (v - ma) * ((b[i] ?? 0) - mb), 0);
  const spread = (values: readonly number[], m: number): number =>
    Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0));
  return covariance / (spread(a, ma) * spread(b, mb));
}

const N = 20_000;
const LIMIT = 4 / Math.sqrt(N);

describe('createRandom', () => {
  it('gives the same numbers for the same seed and label', () => {
    expect(draws(7, 'a', 100)).toEqual(draws(7, 'a', 100));
  });

  it('gives the numbers that it gave when this was written, on every machine', () => {
    const random = createRandom(1, 'arrivals/publish');
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        2802186728,
        2938527594,
        1656537871,
      ]
    `);
  });

  it('gives unrelated streams for different labels of one seed', () => {
    expect(
      Math.abs(correlation(draws(1, 'arrivals/publish', N), draws(1, 'arrivals/query', N))),
    ).toBeLessThan(LIMIT);
  });

  it('gives unrelated streams for neighbouring seeds of one label', () => {
    expect(Math.abs(correlation(draws(1, 'a', N), draws(2, 'a', N)))).toBeLessThan(LIMIT);
  });

  it('tells seeds apart that differ above 32 bits only', () => {
    expect(draws(1, 'a', 3)).not.toEqual(draws(1 + 2 ** 32, 'a', 3));
  });

  it('is uniform in [0, 1)', () => {
    const values = draws(3, 'uniform', N);
    const perBin = new Array<number>(10).fill(0);
    for (const value of values) {
      const bin = Math.floor(value * 10);
      perBin[bin] = (perBin[bin] ?? 0) + 1;
    }
    // Each bin is binomial: sd √(N · 0.1 · 0.9) = 42; five of them are far beyond chance.
    for (const count of perBin) expect(Math.abs(count - N / 10)).toBeLessThan(5 * 42);
  });

  it('draws integers below the bound, and each of them', () => {
    const random = createRandom(5, 'int');
    const seen = new Set(Array.from({ length: 1_000 }, () => random.int(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
