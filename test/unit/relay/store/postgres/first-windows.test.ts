import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../../src/nostr/filter.ts';
import { FirstWindows } from '../../../../../src/relay/store/postgres/first-windows.ts';

const THREE_HOURS_S = 10_800;
const people = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => (from + n).toString(16).padStart(64, '0'));
const feed = (authors: readonly string[], kinds = [1]): Filter => ({ kinds, authors: [...authors] });

describe('the first window of time', () => {
  it('is three hours where nothing is known, and never longer', () => {
    const windows = new FirstWindows();
    expect(windows.lengthFor(feed(people(100)), 100)).toBe(THREE_HOURS_S);
    windows.learn(feed(people(100)), 100, 30 * 86_400);
    expect(windows.lengthFor(feed(people(100)), 100)).toBe(THREE_HOURS_S);
  });

  it('is three times as long as the last answer of that sort took', () => {
    const windows = new FirstWindows();
    windows.learn(feed(people(100)), 100, 40);
    expect(windows.lengthFor(feed(people(110, 500)), 100)).toBe(120);
    expect(windows.lengthFor(feed(people(100)), 500)).toBe(600);
  });

  it('is of use to filters of the same sort alone', () => {
    const windows = new FirstWindows();
    windows.learn(feed(people(100)), 100, 40);
    const others: Filter[] = [
      feed(people(20)),
      feed(people(100), [1, 6]),
      { ...feed(people(100)), '#t': ['nostr'] },
    ];
    for (const other of others) expect(windows.lengthFor(other, 100)).toBe(THREE_HOURS_S);
  });

  it('is shared by filters of very many kinds, whichever these are', () => {
    const windows = new FirstWindows();
    const kinds = (from: number): number[] => Array.from({ length: 40 }, (_, n) => from + n);
    windows.learn(feed(people(100), kinds(1)), 100, 40);
    expect(windows.lengthFor(feed(people(100), kinds(500)), 100)).toBe(120);
    expect(windows.lengthFor(feed(people(100), kinds(500).slice(0, 5)), 100)).toBe(THREE_HOURS_S);
  });

  it('becomes longer at once and shorter little by little', () => {
    const windows = new FirstWindows();
    const lengths = [100, 300, 100, 100].map((within_s) => {
      windows.learn(feed(people(100)), 100, within_s);
      return windows.lengthFor(feed(people(100)), 100);
    });
    expect(lengths.slice(0, 3)).toEqual([300, 900, 780]);
    expect(lengths[3]).toBeLessThan(700);
  });

  it('is three hours again after an answer without events, and some seconds at least', () => {
    const windows = new FirstWindows();
    windows.learn(feed(people(100)), 100, 0);
    expect(windows.lengthFor(feed(people(100)), 100)).toBe(10);
    windows.learn(feed(people(100)), 0, 0);
    expect(windows.lengthFor(feed(people(100)), 100)).toBe(THREE_HOURS_S);
    windows.learn(feed(people(100)), 100, 50);
    expect(windows.lengthFor(feed(people(100)), 100)).toBeLessThanOrEqual(THREE_HOURS_S);
  });
});
