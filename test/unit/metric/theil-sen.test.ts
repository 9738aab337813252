import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { type TimedValue, theilSen } from '../../../src/metric/theil-sen.ts';

/** A normal deviate (Box–Muller). */
function normal(random: { next: () => number }): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Values around a line, each of which keeps a part of the deviation before it. */
function around(slope: number, { seed = 1, n = 300, memory = 0 } = {}): TimedValue[] {
  const random = createRandom(seed, 'around');
  let deviation = 0;
  return Array.from({ length: n }, (_, x) => {
    deviation = memory * deviation + Math.sqrt(1 - memory ** 2) * normal(random);
    return { x, y: 100 + slope * x + deviation };
  });
}

/** The share of runs whose interval holds the slope that made them. */
function coverage(memory: number): number {
  const runs = Array.from({ length: 200 }, (_, seed) => theilSen(around(0.01, { seed, memory })));
  const holding = runs.filter(
    (trend) => trend !== null && (trend.low ?? -Infinity) <= 0.01 && 0.01 <= (trend.high ?? Infinity),
  );
  return holding.length / runs.length;
}

describe('theilSen', () => {
  it('finds the slope of a line exactly, and its level in the middle of the time', () => {
    const line = Array.from({ length: 50 }, (_, x) => ({ x, y: 3 * x + 7 }));
    expect(theilSen(line)).toMatchObject({ slope: 3, low: 3, high: 3, level: 3 * 24.5 + 7 });
  });

  it('calls what never changes flat without a doubt', () => {
    expect(theilSen(Array.from({ length: 50 }, (_, x) => ({ x, y: 4 })))).toMatchObject({
      slope: 0,
      low: 0,
      high: 0,
    });
  });

  it('is not moved by a few wild values', () => {
    const wild = around(0.01).map((one, at) => (at % 29 === 0 ? { ...one, y: 10_000 } : one));
    const trend = theilSen(wild);
    expect(trend?.slope).toBeGreaterThan(0.008);
    expect(trend?.slope).toBeLessThan(0.012);
  });

  it('says nothing of seven values', () => {
    expect(theilSen(around(1, { n: 7 }))).toBeNull();
    expect(theilSen(around(1, { n: 8 }))).not.toBeNull();
  });

  it('rests on at most 120 stretches, however long it lasts', () => {
    expect(theilSen(around(0.01, { n: 100_000 }))?.stretches).toBeLessThanOrEqual(120);
  });

  it.each([0, 0.5, 0.9])(
    'holds the slope in its interval in nineteen of twenty runs, with a memory of %f',
    (memory) => {
      // 200 runs: three standard deviations below 95 % are 90.4 %.
      expect(coverage(memory)).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('knows more the longer it lasts', () => {
    const width = (n: number): number => {
      const trend = theilSen(around(0.01, { n }));
      return (trend?.high ?? Infinity) - (trend?.low ?? -Infinity);
    };
    expect(width(800)).toBeLessThan(width(200) / 2);
  });

  it('turns with its values: shifted, scaled and mirrored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 8, maxLength: 60 }),
        fc.integer({ min: -100, max: 100 }),
        fc.constantFrom(2, 4, 8),
        (ys, shift, factor) => {
          const values = ys.map((y, x) => ({ x, y }));
          const plain = theilSen(values);
          const moved = theilSen(values.map(({ x, y }) => ({ x, y: factor * y + shift })));
          const mirrored = theilSen(values.map(({ x, y }) => ({ x, y: -y })));
          if (plain === null || moved === null || mirrored === null) throw new Error('no trend');
          expect(moved.slope).toBeCloseTo(factor * plain.slope, 6);
          expect(mirrored.slope).toBeCloseTo(-plain.slope, 6);
          if (plain.low !== null && plain.high !== null) {
            expect(plain.low).toBeLessThanOrEqual(plain.slope + 1e-9);
            expect(plain.high).toBeGreaterThanOrEqual(plain.slope - 1e-9);
          }
        },
      ),
    );
  });
});
