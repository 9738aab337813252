import { describe, expect, test } from 'vitest';
import { Draws, USE } from '../../../../src/corpus/generate/draws.ts';
import { drawQuantile, type Quantiles } from '../../../../src/corpus/generate/quantiles.ts';
import { Zipf } from '../../../../src/corpus/generate/zipf.ts';

const draws = (n = 0, seed = 1): Draws => new Draws(seed, n, USE.event);
const first = (stream: Draws): number[] => Array.from({ length: 4 }, () => stream.uint32());
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

describe('the draws of an event', () => {
  test('are the same every time', () => {
    expect(first(draws(7))).toEqual(first(draws(7)));
  });

  test('are pinned: another value changes every corpus', () => {
    expect(first(draws(7))).toEqual([2_401_411_187, 2_918_075_206, 2_246_071_051, 3_355_242_825]);
  });

  test.each([
    ['number', draws(8)],
    ['seed', draws(7, 2)],
    ['high half of the seed', draws(7, 1 + 2 ** 32)],
    ['use', new Draws(1, 7, USE.block)],
  ])('differ with the %s', (_, other) => {
    expect(first(other)).not.toEqual(first(draws(7)));
  });

  test('of neighbouring events are unrelated', () => {
    const firsts = Array.from({ length: 10_000 }, (_, n) => draws(n).unit());
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
    expect(mean(firsts.slice(1).map((unit, n) => (unit - 0.5) * ((firsts[n] as number) - 0.5)))).toBeCloseTo(
      0,
      2,
    );
  });

  test('are uniform integers below the bound', () => {
    const stream = draws();
    expect(new Set(times(1_000, () => stream.int(10)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  test('prefer the first elements where asked to', () => {
    const stream = draws();
    const early = times(4_000, () => stream.earlyOf([0, 1, 2, 3])).filter((element) => element === 0).length;
    expect(early / 4_000).toBeCloseTo(0.5, 1);
  });
});

describe('quantiles', () => {
  const quantiles: Quantiles = [
    [0, 10],
    [0.5, 20],
    [1, 1_000],
  ];

  test('stay between the extremes and meet the median', () => {
    const stream = draws();
    const values = times(10_000, () => drawQuantile(stream, quantiles)).sort((a, b) => a - b);
    expect(values[0]).toBeGreaterThanOrEqual(10);
    expect(values.at(-1)).toBeLessThanOrEqual(1_000);
    expect(values[5_000]).toBeGreaterThan(19);
    expect(values[5_000]).toBeLessThan(40);
  });

  test('must reach share 1', () => {
    const stream = draws();
    expect(() =>
      times(1_000, () =>
        drawQuantile(stream, [
          [0, 1],
          [0.1, 2],
        ]),
      ),
    ).toThrow(RangeError);
  });
});

describe("Zipf's law", () => {
  test('gives rank r the weight (r + 1)^−0.875', () => {
    const zipf = new Zipf(1_000);
    const stream = draws();
    const counts = new Array<number>(1_000).fill(0);
    for (let i = 0; i < 200_000; i++) {
      const rank = zipf.draw(stream);
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    const [one = 0, sixteen = 0] = [counts[0], counts[15]];
    expect(one / sixteen).toBeCloseTo(16 ** 0.875, -1);
    expect(counts.filter((count) => count === 0).length).toBeLessThan(10);
  });

  test('of a single rank draws it', () => {
    expect(new Zipf(1).draw(draws())).toBe(0);
  });
});
