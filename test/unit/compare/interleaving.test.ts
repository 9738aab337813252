import { describe, expect, it } from 'vitest';
import type { NamedRun } from '../../../src/compare/comparable.ts';
import { compareRuns } from '../../../src/compare/compare.ts';
import { BLOCKS_WARNING, inBlocks, interleave } from '../../../src/compare/interleaving.ts';
import { named, runsOf } from '../../support/sample-runs.ts';

/** Starts a minute apart, in the order of the letters. */
const starts = (order: string, side: string): string[] =>
  [...order].flatMap((letter, at) =>
    letter === side ? [new Date(Date.UTC(2026, 10, 24, 7, at)).toISOString()] : [],
  );
const are = (order: string): boolean => inBlocks(starts(order, 'A'), starts(order, 'B'));

describe('runs in blocks', () => {
  it.each(['AABB', 'BBAA', 'AAAABBBB', 'AAABABBB'])('are seen in %s', (order) => {
    expect(are(order)).toBe(true);
  });

  it.each(['AB', 'ABBA', 'ABAB', 'ABBAABBA', 'AABBBBAA', 'BAABABBA'])('are not seen in %s', (order) => {
    expect(are(order)).toBe(false);
  });

  it('are not seen where all runs say that they started at once', () => {
    expect(
      inBlocks(starts('AAAA', 'A').fill('2026-11-24T07:00:00Z'), Array(4).fill('2026-11-24T07:00:00Z')),
    ).toBe(false);
  });
});

const at = (runs: readonly NamedRun[], side: string, order: string): NamedRun[] =>
  runs.map(({ name, record }, index) =>
    named(name, { ...record, startedAt: starts(order, side)[index] ?? '' }),
  );

const compared = (order: string, slowdown: number, noise = 0.01) =>
  compareRuns(at(runsOf(4, 1, noise, 1), 'A', order), at(runsOf(4, slowdown, noise, 2), 'B', order));

describe('a comparison of blocks', () => {
  it('says so, names ab, and takes no drift for a change', () => {
    const found = compared('AAAABBBB', 1.12);
    expect(found.warnings).toContain(BLOCKS_WARNING);
    expect(BLOCKS_WARNING).toContain('relay-bench ab');
    expect(found.verdict).toBe('inconclusive');
    expect(compared('ABBAABBA', 1.12)).toMatchObject({ verdict: 'worse', warnings: [] });
  });

  it('calls nothing the same', () => {
    expect(compared('AAAABBBB', 1, 0.002).verdict).toBe('inconclusive');
    expect(compared('ABBAABBA', 1, 0.002).verdict).toBe('same');
  });

  it('still finds what exceeds the tolerance of single runs', () => {
    expect(compared('AAAABBBB', 1.5).verdict).toBe('worse');
  });
});

describe('interleave', () => {
  it('gives every round each contender once, and the next round in reverse', () => {
    for (const count of [2, 3, 5]) {
      const orders = interleave(count, 6, 7);
      for (const order of orders)
        expect([...order].sort()).toEqual(Array.from({ length: count }, (_, at) => at));
      for (const at of [0, 2, 4]) expect(orders[at + 1]).toEqual(orders[at]?.toReversed());
    }
  });

  it('is the same for the same seed and differs between seeds', () => {
    expect(interleave(4, 8, 1)).toEqual(interleave(4, 8, 1));
    expect(interleave(4, 8, 1)).not.toEqual(interleave(4, 8, 2));
  });

  it('lets either of two go first about equally often', () => {
    const firsts = Array.from({ length: 200 }, (_, seed) => interleave(2, 1, seed)[0]?.[0]);
    const base = firsts.filter((first) => first === 0).length;
    expect(base).toBeGreaterThan(70);
    expect(base).toBeLessThan(130);
  });
});
