import { describe, expect, test } from 'vitest';
import { drawEarlier } from '../../../../src/corpus/generate/attention.ts';
import { Draws, USE } from '../../../../src/corpus/generate/draws.ts';
import { BLOCK_EVENTS, KindSchedule } from '../../../../src/corpus/generate/kind-schedule.ts';

const SHARES = [5_000, 3_000, 1_999, 1];
const schedule = (seed = 1): KindSchedule => new KindSchedule(seed, SHARES, 2);

function countsOf(block: number): number[] {
  const plan = schedule();
  const slots = Array.from({ length: BLOCK_EVENTS }, (_, i) => plan.slotOf(block * BLOCK_EVENTS + i));
  return SHARES.map((_, slot) => slots.filter((other) => other === slot).length);
}

describe('the schedule of kinds', () => {
  test.each([0, 1, 77])('holds every slot exactly as often as its share says in block %i', (block) => {
    expect(countsOf(block)).toEqual(SHARES);
  });

  test('begins with the wanted slot', () => {
    expect(schedule().slotOf(0)).toBe(2);
  });

  test('gives every rank of a slot once', () => {
    const plan = schedule();
    const ranks = Array.from({ length: 3 * BLOCK_EVENTS }, (_, n) => plan.placeOf(n))
      .filter(({ slot }) => slot === 1)
      .map(({ rank }) => rank)
      .sort((a, b) => a - b);
    expect(ranks).toEqual(Array.from({ length: 9_000 }, (_, i) => i));
  });

  test('says the same whatever was asked before', () => {
    const plan = schedule();
    const asked = [123_456, 5, 99_999, 10_000, 5].map((n) => plan.placeOf(n));
    expect(asked).toEqual([123_456, 5, 99_999, 10_000, 5].map((n) => schedule().placeOf(n)));
  });

  test('differs from block to block and from seed to seed', () => {
    const plan = schedule();
    const slots = (from: number, of = plan): number[] =>
      Array.from({ length: 100 }, (_, i) => of.slotOf(from + i));
    expect(slots(0)).not.toEqual(slots(BLOCK_EVENTS));
    expect(slots(BLOCK_EVENTS)).not.toEqual(slots(BLOCK_EVENTS, schedule(2)));
  });

  test('refuses shares that are not a block', () => {
    expect(() => new KindSchedule(1, [1, 2], 0)).toThrow(RangeError);
  });
});

describe('attention', () => {
  const drawn = (n: number): number[] =>
    Array.from({ length: 20_000 }, (_, i) => drawEarlier(new Draws(1, i, USE.event), n));

  test.each([1, 2, 499, 500, 100_000])('goes to events before event %i', (n) => {
    expect(drawn(n).filter((earlier) => !(earlier >= 0 && earlier < n))).toEqual([]);
  });

  test('goes to recent events seven times in ten, apart from the hot ones', () => {
    const recent = drawn(1_000_000).filter((earlier) => earlier >= 1_000_000 - 500 - 2_048).length / 20_000;
    expect(recent).toBeGreaterThan(0.69);
    expect(recent).toBeLessThan(0.75);
  });

  test('makes a few events hot', () => {
    const counts = new Map<number, number>();
    for (const earlier of drawn(20_000)) counts.set(earlier, (counts.get(earlier) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    expect(sorted[0]).toBeGreaterThan(200);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(3);
  });
});
