import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_PER_S } from '../../src/base/clock.ts';
import { countArrivals } from '../../src/plan/count-arrivals.ts';
import { createPacer, type PacedStream } from '../../src/plan/pacer.ts';
import type { PlannedPhase, Shard } from '../../src/plan/parts.ts';
import type { ArrivalsSpec } from '../../src/scenario/fields.ts';

interface Arrival {
  readonly n: number;
  readonly ns: number;
}

function drain(
  stream: PacedStream,
  phases: readonly PlannedPhase[],
  seed: number,
  shard: Shard = { index: 0, count: 1 },
): Arrival[] {
  const pacer = createPacer(stream, phases, seed, shard);
  const arrivals: Arrival[] = [];
  for (; pacer.peekNs() !== Number.POSITIVE_INFINITY; pacer.advance()) {
    arrivals.push({ n: pacer.peekNumber(), ns: pacer.peekNs() });
  }
  return arrivals;
}

const level = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 5, noNaN: true }));
const phases = fc
  .array(
    fc.record({ seconds: fc.double({ min: 0.05, max: 5, noNaN: true }), levelStart: level, levelEnd: level }),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => {
    let at = 0;
    return parts.map(({ seconds, levelStart, levelEnd }, index): PlannedPhase => {
      const startNs = at;
      at += Math.round(seconds * NS_PER_S);
      return { name: `phase-${index}`, kind: 'measured', startNs, endNs: at, levelStart, levelEnd };
    });
  });
const arrivals: fc.Arbitrary<ArrivalsSpec> = fc.oneof(
  fc.constant('constant' as const),
  fc.constant('poisson' as const),
  fc.integer({ min: 2, max: 50 }).map((size) => ({ pattern: 'burst' as const, size })),
);
const stream: fc.Arbitrary<PacedStream> = fc.record({
  name: fc.constantFrom('publish' as const, 'query' as const, 'connect' as const),
  rate_per_s: fc.double({ min: 0.1, max: 300, noNaN: true }),
  arrivals,
});
const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('pacer', { timeout: 60_000 }, () => {
  it('gives the shards together exactly the schedule of a single worker', async () => {
    await fc.assert(
      fc.property(stream, phases, seed, fc.integer({ min: 1, max: 7 }), (s, p, seedValue, count) => {
        const single = drain(s, p, seedValue);
        const shards = Array.from({ length: count }, (_, index) => drain(s, p, seedValue, { index, count }));
        shards.forEach((shard, index) => {
          for (const { n } of shard) expect(n % count).toBe(index);
        });
        expect(shards.flat().sort((a, b) => a.n - b.n)).toEqual(single);
      }),
    );
  });

  it('never goes back in time and numbers its arrivals without a gap', async () => {
    await fc.assert(
      fc.property(stream, phases, seed, (s, p, seedValue) => {
        const all = drain(s, p, seedValue);
        all.forEach(({ n, ns }, index) => {
          expect(n).toBe(index);
          expect(ns).toBeGreaterThanOrEqual(all[index - 1]?.ns ?? 0);
        });
      }),
    );
  });

  it('yields in each phase exactly the arrivals that the plan states', async () => {
    await fc.assert(
      fc.property(stream, phases, seed, (s, p, seedValue) => {
        const all = drain(s, p, seedValue);
        const counted = p.map(
          ({ startNs, endNs }) => all.filter(({ ns }) => ns >= startNs && ns < endNs).length,
        );
        expect(counted).toEqual(countArrivals(s, p, seedValue));
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(all.length);
      }),
    );
  });

  it('keeps constant arrivals within one of the integral of the rate', async () => {
    await fc.assert(
      fc.property(stream, phases, (s, p) => {
        const expected = p.reduce(
          (sum, { startNs, endNs, levelStart, levelEnd }) =>
            sum + (s.rate_per_s * (levelStart + levelEnd) * (endNs - startNs)) / 2 / NS_PER_S,
          0,
        );
        const total = drain({ ...s, arrivals: 'constant' }, p, 1).length;
        expect(Math.abs(total - expected)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('spaces Poisson arrivals with a coefficient of variation of 1 ± 0.05 at the mean rate ± 5 %', async () => {
    await fc.assert(
      fc.property(seed, fc.double({ min: 10, max: 5_000, noNaN: true }), (seedValue, rate_per_s) => {
        const seconds = 20_000 / rate_per_s;
        const phase: PlannedPhase = {
          name: 'steady',
          kind: 'measured',
          startNs: 0,
          endNs: seconds * NS_PER_S,
          levelStart: 1,
          levelEnd: 1,
        };
        const all = drain({ name: 'publish', rate_per_s, arrivals: 'poisson' }, [phase], seedValue);
        const gaps = all.slice(1).map(({ ns }, index) => ns - (all[index]?.ns ?? 0));
        const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
        const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
        expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.05);
        expect(Math.abs((mean * rate_per_s) / NS_PER_S - 1)).toBeLessThan(0.05);
      }),
      { numRuns: 30 },
    );
  });
});
