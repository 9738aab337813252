import { describe, expect, it } from 'vitest';
import { countArrivals } from '../../../src/plan/count-arrivals.ts';
import { createPacer, type PacedStream } from '../../../src/plan/pacer.ts';
import type { PlannedPhase, Shard } from '../../../src/plan/parts.ts';

const S = 1e9;
const WHOLE: Shard = { index: 0, count: 1 };

/** Phases from `[seconds, level]` or `[seconds, levelStart, levelEnd]`. */
function phasesOf(...parts: readonly (readonly [number, number, number?])[]): PlannedPhase[] {
  let at = 0;
  return parts.map(([seconds, levelStart, levelEnd = levelStart], index) => {
    const startNs = at;
    at += seconds * S;
    return { name: `p${index}`, kind: 'measured', startNs, endNs: at, levelStart, levelEnd };
  });
}

function stream(rate_per_s: number, arrivals: PacedStream['arrivals'] = 'constant'): PacedStream {
  return { name: 'publish', rate_per_s, arrivals };
}

function times(s: PacedStream, phases: readonly PlannedPhase[], shard = WHOLE): number[] {
  const pacer = createPacer(s, phases, 1, shard);
  const result: number[] = [];
  for (; pacer.peekNs() !== Number.POSITIVE_INFINITY; pacer.advance()) result.push(pacer.peekNs());
  return result;
}

describe('constant arrivals', () => {
  it.each([
    ['one a second', 1, phasesOf([3, 1]), [0, 1 * S, 2 * S]],
    ['one that begins in the phase and one whose time is its end', 1, phasesOf([2.5, 1]), [0, 1 * S, 2 * S]],
    ['fewer than one', 0.1, phasesOf([3, 1]), [0]],
    ['a rate that no nanosecond divides', 3, phasesOf([1, 1]), [0, (1 * S) / 3, (2 * S) / 3]],
    ['half the level, half the rate', 2, phasesOf([2, 0.5]), [0, 1 * S]],
    [
      'another level from the boundary on',
      1,
      phasesOf([2, 1], [1, 4]),
      [0, 1 * S, 2 * S, 2.25 * S, 2.5 * S, 2.75 * S],
    ],
    ['nothing at level 0', 5, phasesOf([3, 0]), []],
    ['a pause between two phases', 1, phasesOf([2, 1], [10, 0], [2, 1]), [0, 1 * S, 12 * S, 13 * S]],
    ['a pause first', 1, phasesOf([4, 0], [2, 1]), [4 * S, 5 * S]],
    [
      'a fraction of an arrival carried over a pause',
      1,
      phasesOf([1.5, 1], [8, 0], [1.5, 1]),
      [0, 1 * S, 10 * S],
    ],
  ])('has %s', (_title, rate, phases, expected) => {
    expect(times(stream(rate), phases)).toEqual(expected);
  });

  it('has no arrival more where a product misses its whole number by a rounding error', () => {
    // 0.07 × 100 × 10 = 70.00000000000001
    expect(times(stream(100), phasesOf([10, 0.07])).length).toBe(70);
    // 3 × 0.1 + 3 × 0.2 + 0.1 = 1.0000000000000002
    expect(times(stream(1), phasesOf([3, 0.1], [3, 0.2], [1, 0.1])).length).toBe(1);
  });

  it('does not drift: after ten hours at 333/s an arrival is where arithmetic puts it', () => {
    const rate = 333;
    const hours = 10;
    const shard: Shard = { index: 0, count: 1_000_000 };
    const pacer = createPacer(stream(rate), phasesOf([hours * 3_600, 1]), 1, shard);
    while (pacer.peekNumber() < 11_000_000) pacer.advance();
    expect(pacer.peekNs()).toBe((11_000_000 * S) / rate);
  });
});

describe('ramps', () => {
  it('spaces a ramp from zero by the square root', () => {
    // 200/s × t is the rate, 100 t² its integral.
    expect(times(stream(200), phasesOf([1, 0, 1])).slice(0, 4)).toEqual(
      [0, 1, 2, 3].map((n) => expect.closeTo(Math.sqrt(n / 100) * S, 0)),
    );
  });

  it('spaces a ramp down as the mirror image of a ramp up', () => {
    const up = times(stream(10), phasesOf([10, 0, 1]));
    const down = times(stream(10), phasesOf([10, 1, 0]));
    expect(up).toHaveLength(50);
    expect(down).toHaveLength(50);
    // Arrival n of the ramp down is as far from its start as arrival 50 − n of the ramp up is from its end.
    for (let n = 1; n < 50; n++) expect(down[n]).toBeCloseTo(10 * S - (up[50 - n] ?? 0), -1);
  });

  it('gives as many arrivals as the mean level', () => {
    expect(countArrivals(stream(100), phasesOf([10, 1, 3], [10, 3, 0]), 1)).toEqual([2_000, 1_500]);
  });

  it('ends before the phase does', () => {
    const all = times(stream(1_000), phasesOf([1, 2, 0]));
    expect(all.at(-1)).toBeLessThan(1 * S);
  });
});

describe('bursts', () => {
  it('start together and keep the mean rate', () => {
    expect(times(stream(3, { pattern: 'burst', size: 3 }), phasesOf([2, 1]))).toEqual([0, 0, 0, S, S, S]);
  });

  it('are complete also where the phase ends amid one', () => {
    expect(times(stream(4, { pattern: 'burst', size: 3 }), phasesOf([1, 1])).length).toBe(6);
  });

  it('are shared by the shards', () => {
    const shard = { index: 1, count: 2 };
    expect(times(stream(3, { pattern: 'burst', size: 3 }), phasesOf([2, 1]), shard)).toEqual([0, S, S]);
  });
});

describe('shifted arrivals', () => {
  const shifted = (rate: number, by: number): PacedStream => stream(rate, { pattern: 'shifted', by });

  it('are spaced evenly and come later by their part of a gap', () => {
    expect(times(shifted(2, 0.25), phasesOf([2, 1]))).toEqual([0.125 * S, 0.625 * S, 1.125 * S, 1.625 * S]);
  });

  it('never meet those of a stream eight times as fast', () => {
    const events = new Set(times(stream(200), phasesOf([3, 1], [12, 1])));
    const queries = times(shifted(25, 0.0625), phasesOf([3, 1], [12, 1]));
    expect(queries.map((at) => (at / S) * 200 - Math.floor((at / S) * 200))).toEqual(
      queries.map(() => expect.closeTo(0.5, 6)),
    );
    expect(queries.filter((at) => events.has(at))).toEqual([]);
  });

  it.each([0.1, 0.3, 0.0625, 0.999])('are counted as they come, shifted by %d', (by) => {
    for (const phases of [
      phasesOf([10.3, 1]),
      phasesOf([2.5, 1], [3, 0.7]),
      phasesOf([1, 0, 3], [0.05, 1]),
    ]) {
      const counts = countArrivals(shifted(7, by), phases, 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(times(shifted(7, by), phases).length);
    }
  });
});

describe('Poisson arrivals', () => {
  const phases = phasesOf([100, 1]);

  it('are the same for the same seed and others for another one', () => {
    const first = (seed: number): number => createPacer(stream(1, 'poisson'), phases, seed, WHOLE).peekNs();
    expect(first(1)).toBe(first(1));
    expect(first(1)).not.toBe(first(2));
  });

  it('are independent for different streams of one seed', () => {
    const query: PacedStream = { ...stream(1, 'poisson'), name: 'query' };
    expect(times(query, phases)).not.toEqual(times(stream(1, 'poisson'), phases));
  });
});

describe('pacer', () => {
  it('stays at its end', () => {
    const pacer = createPacer(stream(1, 'poisson'), phasesOf([1, 0]), 1, WHOLE);
    pacer.advance();
    pacer.advance();
    expect([pacer.peekNs(), pacer.peekNumber()]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('yields nothing for a shard beyond the last arrival', () => {
    expect(times(stream(1), phasesOf([2, 1]), { index: 5, count: 8 })).toEqual([]);
  });
});

describe('a stream of some phases', () => {
  const phases = phasesOf([2, 1], [3, 2], [2, 1]);
  const some: PacedStream = { ...stream(10), during: ['p1'] };

  it('has arrivals in those alone, at their level', () => {
    const all = times(some, phases);
    expect(all).toHaveLength(60);
    expect([all[0], all.at(-1)]).toEqual([2 * S, 5 * S - S / 20]);
    expect(countArrivals(some, phases, 1)).toEqual([0, 60, 0]);
  });

  it('goes on where it had stopped', () => {
    const twice: PacedStream = { ...stream(1), during: ['p0', 'p2'] };
    expect(times(twice, phases)).toEqual([0, S, 5 * S, 6 * S]);
  });
});
