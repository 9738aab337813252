import { describe, expect, test } from 'vitest';
import {
  errorOf,
  type FoundLimit,
  resultOf,
  searchOf,
  spreadOf,
  targetsOf,
} from '../../../bench/capacity-report.mjs';
import { sampleCapacity } from '../../support/sample-capacity.ts';

function found(value: number | null, changes: Partial<FoundLimit> = {}): FoundLimit {
  const high = value === null ? null : value * 1.04;
  return {
    ...{ value, low: value, high, atLeast: false, confirmed: true, steps: 10, duration_s: 100 },
    ended: 'tolerance',
    ...changes,
  };
}

describe('what a search has found', () => {
  test('is its limit, by what was raised', () => {
    const document = sampleCapacity();
    expect(searchOf(document)).toMatchObject({ value: document.limit.low, steps: document.steps.length });
    const limit = { ...document.limit, connections: 680 };
    expect(searchOf({ ...document, of: 'connections', limit }).value).toBe(680);
  });

  test('has no error where it is none, or only a lower bound', () => {
    expect(errorOf(found(285), 300)).toBeCloseTo(-0.05, 9);
    expect(errorOf(found(null), 300)).toBeNull();
    expect(errorOf(found(300, { atLeast: true }), 300)).toBeNull();
  });

  test('lies apart by half of what is between the ends', () => {
    expect(spreadOf([found(90), found(110), found(100)])).toBeCloseTo(0.1, 9);
    expect(spreadOf([found(90), found(null)])).toBeNull();
  });
});

describe('the targets', () => {
  const known = { unit: 'events/s', truth: 300 };
  const areMet = (searches: readonly FoundLimit[], of: { unit: string; truth: number | null }) =>
    targetsOf(searches, of).map(({ isMet }) => isMet);

  test('of a known limit want every search near it, in twelve steps', () => {
    expect(areMet([found(290), found(310, { steps: 12 })], known)).toEqual([true, true]);
    expect(areMet([found(290), found(320)], known)).toEqual([false, true]);
    expect(areMet([found(290, { steps: 13 })], known)).toEqual([true, false]);
  });

  test('of a known limit are not met by a search that found none, or a lower bound', () => {
    expect(areMet([found(300), found(null)], known)[0]).toBe(false);
    expect(areMet([found(300), found(300, { atLeast: true })], known)[0]).toBe(false);
  });

  test('of an unknown limit want results that repeat, or that say that they are unsure', () => {
    const unknown = { unit: 'events/s', truth: null };
    expect(areMet([found(1_000), found(1_150)], unknown)).toEqual([true]);
    expect(areMet([found(1_000), found(1_300)], unknown)).toEqual([false]);
    expect(areMet([found(1_000), found(1_300, { confirmed: false })], unknown)).toEqual([true]);
  });
});

describe('the table', () => {
  const start = { busy_cores: 0.1 };
  const one = { name: 'capacity-rate', title: 'A relay', unit: 'events/s', start, how: 'steps of 10 s' };

  test('has a row for each search, and tells how quiet it was', () => {
    const { how, tables } = resultOf({ ...one, truth: 300 }, [found(297), found(null, { confirmed: false })]);
    expect(how).toBe('steps of 10 s; others kept 0.1 cores busy at the start');
    const [table] = tables;
    expect(table?.rows[0]).toEqual([1, '297', '297', '309', '−1.0 %', 10, '100 s', 'both ends confirmed']);
    expect(table?.rows[1]).toEqual([2, '–', '–', '–', '–', 10, '100 s', 'not confirmed: tolerance']);
    expect(table?.columns).toHaveLength(8);
  });

  test('has no error where the limit is not known', () => {
    const [table] = resultOf({ ...one, truth: null }, [found(297, { atLeast: true, high: null })]).tables;
    expect(table?.rows[0]?.slice(0, 4)).toEqual([1, 'at least 297', '297', '–']);
    expect(table?.columns).not.toContain('>error');
  });
});
