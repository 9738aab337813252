import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitOf, type StepVerdict, type Trial } from '../../../src/capacity/bracket.ts';
import { nextStep, type SearchOptions, stepsLeft } from '../../../src/capacity/search.ts';

const options: SearchOptions = { start: 125, tolerance: 0.05, least: 1, most: 1_000_000, whole: false };

/** Carries out a search against a target that says what `verdictAt` says; the n-th try of a level is n from 0. */
function search(
  verdictAt: (level: number, attempt: number) => StepVerdict,
  given: Partial<SearchOptions> = {},
): { trials: readonly Trial[]; why: string } {
  const trials: Trial[] = [];
  for (let step = 0; step < 100; step++) {
    const next = nextStep({ ...options, ...given }, trials);
    if (next.kind === 'done') return { trials, why: next.why };
    const attempt = trials.filter(({ level }) => level === next.level).length;
    trials.push({ level: next.level, verdict: verdictAt(next.level, attempt) });
  }
  throw new Error(`no end: ${JSON.stringify(trials)}`);
}

const breaksAbove =
  (limit: number) =>
  (level: number): StepVerdict =>
    level > limit ? 'broken' : 'held';

describe('the search for the limit', () => {
  it('doubles, bisects and confirms both ends: a limit of 300 takes eleven steps from 125', () => {
    const { trials, why } = search(breaksAbove(300));
    expect(trials.map(({ level }) => level)).toEqual([125, 250, 500, 375, 313, 282, 298, 306, 298, 306]);
    expect(why).toBe('tolerance');
    expect(limitOf(trials)).toEqual({ value: 298, low: 298, high: 306, atLeast: false, confirmed: true });
  });

  it('halves where the first level breaks already', () => {
    const { trials, why } = search(breaksAbove(40));
    expect(trials.slice(0, 3).map(({ level }) => level)).toEqual([125, 62.5, 31.3]);
    expect(why).toBe('tolerance');
    expect(limitOf(trials).low).toBeGreaterThan(38);
  });

  it('ends at the floor where nothing holds, after the lowest level was tried twice', () => {
    const { trials, why } = search(() => 'broken', { least: 20 });
    expect(trials.map(({ level }) => level)).toEqual([125, 62.5, 31.3, 20, 20]);
    expect(why).toBe('floor');
    expect(limitOf(trials)).toMatchObject({ value: null, low: null, high: 20, atLeast: false });
  });

  it('ends at the ceiling where nothing breaks, and says at least', () => {
    const { trials, why } = search(() => 'held', { most: 400 });
    expect(trials.map(({ level }) => level)).toEqual([125, 250, 400, 400]);
    expect(why).toBe('ceiling');
    expect(limitOf(trials)).toEqual({ value: 400, low: 400, high: null, atLeast: true, confirmed: true });
  });

  it('never counts a step against the relay that the generator could not carry out', () => {
    const { trials, why } = search((level) => (level > 300 ? 'invalid' : 'held'));
    expect(why).toBe('ceiling');
    expect(limitOf(trials)).toEqual({ value: 298, low: 298, high: null, atLeast: true, confirmed: true });
  });

  it('ends below a level that breaks where one between can not be decided', () => {
    const { trials, why } = search((level) =>
      level >= 290 && level < 310 ? 'invalid' : breaksAbove(300)(level),
    );
    expect(why).toBe('tolerance');
    expect(limitOf(trials)).toMatchObject({ low: 282, high: 313, atLeast: false });
  });

  it('tries a level again that was invalid once, and takes the second answer', () => {
    const { trials } = search((level, attempt) => {
      if (level === 250 && attempt === 0) return 'invalid';
      return breaksAbove(300)(level);
    });
    expect(trials.slice(1, 3)).toEqual([
      { level: 250, verdict: 'invalid' },
      { level: 250, verdict: 'held' },
    ]);
    expect(limitOf(trials)).toMatchObject({ low: 298, high: 306, atLeast: false });
  });

  it('takes no break for granted that a confirmation contradicts: a hiccup while doubling is found out', () => {
    const { trials } = search((level, attempt) =>
      level === 250 && attempt === 0 ? 'broken' : breaksAbove(1_000)(level),
    );
    expect(limitOf(trials)).toMatchObject({ confirmed: true, atLeast: false });
    expect(limitOf(trials).low).toBeGreaterThanOrEqual(952);
    expect(limitOf(trials).high).toBeGreaterThan(1_000);
  });

  it('takes no level as held that a confirmation contradicts', () => {
    const { trials } = search((level, attempt) =>
      level === 313 && attempt === 0 ? 'held' : breaksAbove(300)(level),
    );
    expect(limitOf(trials)).toMatchObject({ confirmed: true });
    expect(limitOf(trials).low).toBeLessThanOrEqual(300);
  });

  it('knows whole levels only where connections are counted', () => {
    const { trials } = search(breaksAbove(6), { start: 4, least: 1, whole: true, tolerance: 0.01 });
    expect(trials.every(({ level }) => Number.isInteger(level))).toBe(true);
    expect(limitOf(trials)).toMatchObject({ low: 6, high: 7 });
  });

  it('says how many steps are left once both ends are known', () => {
    const held: Trial = { level: 100, verdict: 'held' };
    expect(stepsLeft(options, [held])).toBeNull();
    expect(stepsLeft(options, [held, { level: 120, verdict: 'broken' }])).toBe(4);
    expect(stepsLeft(options, [held, held, { level: 104, verdict: 'broken' }])).toBe(1);
  });

  it('finds any limit to its tolerance in few steps, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 500_000, noNaN: true }), (limit) => {
        const { trials } = search(breaksAbove(limit));
        const { low, high, confirmed } = limitOf(trials);
        expect(confirmed).toBe(true);
        expect(low ?? Number.NaN).toBeLessThanOrEqual(limit);
        expect(high ?? Number.NaN).toBeGreaterThan(limit);
        expect((high ?? Number.NaN) / (low ?? Number.NaN)).toBeLessThanOrEqual(1.0501);
        expect(trials.length).toBeLessThanOrEqual(22);
      }),
    );
  });

  it('comes to an end whatever the steps say', () => {
    const verdicts: readonly StepVerdict[] = ['held', 'broken', 'invalid'];
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(...verdicts)), (stream) => {
        const { trials } = search(() => stream.next().value as StepVerdict, { most: 4_000, least: 10 });
        const { low, high } = limitOf(trials);
        if (low !== null && high !== null) expect(low).toBeLessThan(high);
      }),
    );
  });
});
