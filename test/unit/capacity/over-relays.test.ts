import { describe, expect, it } from 'vitest';
import { combineSearches, scalingOf } from '../../../src/capacity/over-relays.ts';
import { capacitySchema } from '../../../src/capacity/schema.ts';
import { sampleOverRelays, sampleSearch } from '../../support/sample-capacity.ts';

describe('the document of searches over numbers of relays', () => {
  it('is that of the largest number, with the limits and the law of all, and fits its schema', () => {
    const found = sampleOverRelays([1_000, 1_818, 2_500]);
    expect(capacitySchema.parse(found)).toEqual(found);
    expect(found.target.relays).toBe(3);
    expect(found.limit).toMatchObject({ rate_per_s: 2_500, low: 2_500, high: 2_600 });
    expect(found.scaling?.points).toEqual([
      { relays: 1, rate_per_s: 1_000, low: 1_000, high: 1_040, file: 'relays-1/capacity.json' },
      { relays: 2, rate_per_s: 1_818, low: 1_818, high: 1_818 * 1.04, file: 'relays-2/capacity.json' },
      { relays: 3, rate_per_s: 2_500, low: 2_500, high: 2_600, file: 'relays-3/capacity.json' },
    ]);
    expect(found.scaling?.law?.alpha.value).toBeCloseTo(0.1, 3);
    expect(found.scaling?.noLaw).toBeNull();
    expect(found.caveats).toEqual([]);
  });

  it('finds the records of its steps below the directory of that search', () => {
    const files = sampleOverRelays([1_000, 1_500]).steps.map(({ file }) => file);
    expect(files[0]).toBe('relays-2/steps/01-1500-100/run.json');
  });

  it('keeps a step that has no record without one', () => {
    const one = sampleSearch(1, [100, 104]);
    const steps = one.found.steps.map((step) => ({ ...step, file: null }));
    const found = combineSearches([{ relays: 1, found: { ...one.found, steps } }]);
    expect(found?.steps.every(({ file }) => file === null)).toBe(true);
  });

  it('has points and no law with fewer than three numbers, and says so', () => {
    expect(scalingOf([sampleSearch(1, [100, 104]), sampleSearch(2, [190, 198])])).toMatchObject({
      points: [{ relays: 1 }, { relays: 2 }],
      law: null,
      noLaw: 'the law needs the limits of 3 numbers of relays, 2 were measured',
    });
    expect(scalingOf([sampleSearch(1, [100, 104])]).noLaw).toMatch(/, 1 was measured$/);
  });

  it('fits no lower bound, and no limit that was not found', () => {
    const { law, noLaw, points } = scalingOf([
      sampleSearch(1, [100, 104]),
      sampleSearch(2, [190, null]),
      sampleSearch(3, [null, 50]),
    ]);
    expect(law).toBeNull();
    expect(noLaw).toBe(
      'the law needs the limits of 3 numbers of relays with both ends known, and has 1 of 3',
    );
    expect(points.map(({ low, high }) => [low, high])).toEqual([
      [100, 104],
      [190, null],
      [null, 50],
    ]);
  });

  it('says which of the limits are less sure than they look', () => {
    const hasty = sampleSearch(2, [190, 198]);
    const found = { ...hasty.found, limit: { ...hasty.found.limit, confirmed: false } };
    const caveats = combineSearches([sampleSearch(1, [100, null]), { relays: 2, found }])?.caveats;
    expect(caveats).toEqual([
      'the limit with 1 relay is a lower bound',
      'the limit with 2 relays is not confirmed',
    ]);
  });

  it('is that of the number before where the last search was interrupted with nothing found', () => {
    const stopped = sampleSearch(2, [null, null], { ended: 'interrupted' });
    const found = combineSearches([sampleSearch(1, [100, 104]), stopped]);
    expect(found).toMatchObject({ target: { relays: 1 }, limit: { low: 100 }, ended: 'tolerance' });
    expect(found?.caveats).toEqual(['the limit with 2 relays was not searched to its end']);
  });

  it('does not hide a number of relays that holds nothing', () => {
    const found = combineSearches([
      sampleSearch(1, [100, 104]),
      sampleSearch(2, [null, 50], { ended: 'floor' }),
    ]);
    expect(found).toMatchObject({ target: { relays: 2 }, limit: { low: null }, ended: 'floor' });
  });

  it('is none without a search, and that of the last where none has found anything', () => {
    expect(combineSearches([])).toBeNull();
    const stopped = sampleSearch(1, [null, null], { ended: 'interrupted' });
    expect(combineSearches([stopped])?.ended).toBe('interrupted');
  });
});
