import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../../src/nostr/filter.ts';
import {
  eventsStatement,
  nextWindow,
  type Window,
} from '../../../../../src/relay/store/postgres/events-sql.ts';

const NOW = 1_780_000_000;
const HOUR_S = 3_600;
const FEED: Filter = { kinds: [1], authors: ['a'.repeat(64), 'b'.repeat(64)] };

/** The windows in which a filter is asked, where each finds so many events; up to a page of 500. */
function windows(filter: Filter, finds: (window: Window) => number): Window[] {
  const all: Window[] = [];
  let [found, foundLast] = [0, 0];
  for (let last: Window | null = null; found < 500; ) {
    last = nextWindow(filter, NOW, { last, found, foundLast, wanted: 500 });
    if (last === null) break;
    all.push(last);
    foundLast = finds(last);
    found += foundLast;
  }
  return all;
}

describe('the windows of time of a filter', () => {
  it('are one where an index has the order that is wanted', () => {
    const filters: Filter[] = [{}, { kinds: [1] }, { '#p': ['a'.repeat(64)] }, { ids: ['a'.repeat(64)] }];
    for (const filter of filters) expect(windows({ ...filter, since: 5, until: 9 }, () => 0)).toHaveLength(1);
  });

  it('leave no second out and look at none twice', () => {
    const all = windows({ ...FEED, since: 5 }, () => 1);
    expect(all[0]?.until).toBeGreaterThan(NOW);
    expect(all.at(-1)?.since).toBe(5);
    for (const [index, window] of all.slice(1).entries())
      expect(window.until).toBe((all[index]?.since ?? 0) - 1);
  });

  it('are few where nearly everything is found at once and the rest is not there', () => {
    let isFirst = true;
    const all = windows(FEED, () => {
      const found = isFirst ? 499 : 0;
      isFirst = false;
      return found;
    });
    expect(all.length).toBeLessThanOrEqual(7);
  });

  it('are as long as some events take where nearly a small page is found', () => {
    const first = nextWindow(FEED, NOW, { last: null, found: 0, foundLast: 0, wanted: 100 });
    const next = nextWindow(FEED, NOW, { last: first, found: 90, foundLast: 90, wanted: 100 });
    expect(((next?.until ?? 0) - (next?.since ?? 0)) / HOUR_S).toBeCloseTo((3 * 200) / 90, 1);
  });

  it('are few where little is found', () => {
    expect(windows(FEED, () => 0).length).toBeLessThanOrEqual(4);
  });

  it('are not much longer than what is missing takes', () => {
    const perHour = ({ since, until }: Window): number => ((Math.min(until, NOW) - since) / HOUR_S) * 100;
    const all = windows(FEED, perHour);
    expect(all.reduce((sum, window) => sum + perHour(window), 0)).toBeLessThan(1_200);
    expect(all).toHaveLength(2);
  });

  it('begin and end on whole seconds, whatever is found', () => {
    const counts = fc.array(fc.nat(499), { minLength: 1, maxLength: 30 });
    const times = fc.record(
      { until: fc.integer({ min: NOW - 10 * HOUR_S, max: NOW }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(counts, times, (found, time) => {
        let index = 0;
        const all = windows({ ...FEED, ...time }, () => found[index++ % found.length] ?? 0);
        for (const { since, until } of all) expect([since, until].every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it('do not reach before the time that the filter asks for', () => {
    expect(windows({ ...FEED, since: NOW - HOUR_S }, () => 0)).toEqual([
      expect.objectContaining({ since: NOW - HOUR_S }),
    ]);
  });
});

describe('the statement of a filter', () => {
  const asking = { nowSeconds: NOW, reader: undefined };
  const window = { since: 0, until: NOW };

  it('is the same for all values, so that it is planned once', () => {
    const [one, other] = ['a', 'b'].map((digit) =>
      eventsStatement({ '#p': [digit.repeat(64)], kinds: [1, 7] }, 500, window, asking),
    );
    expect(one?.name).toBe(other?.name);
    expect(one?.values).not.toEqual(other?.values);
  });

  it('looks up pairs of authors and kinds unless they are too many', () => {
    const kinds = Array.from({ length: 1_001 }, (_, kind) => kind);
    expect(eventsStatement(FEED, 500, window, asking).text).toContain('cross join');
    expect(eventsStatement({ ...FEED, kinds }, 500, window, asking).text).not.toContain('cross join');
  });
});

describe('conditions on several tags', () => {
  const asking = { nowSeconds: NOW, reader: undefined };
  const window = { since: 0, until: NOW };
  const filter: Filter = { '#t': ['x'], '#p': ['a'.repeat(64)], '#r': ['y'], '#q': ['z'] };
  const leading = (rarities?: ReadonlyMap<string, number>): string => {
    const { text, values } = eventsStatement(filter, 10, window, { ...asking, rarities });
    const place = Number(/k\.tag = \$(\d+)/.exec(text)?.[1]);
    return Buffer.from(String(values[place - 1]).slice(2, 4), 'hex').toString();
  };

  it('are begun with the rarest, as was looked up, else as names tell', () => {
    const rarities = new Map([
      ['t', 5],
      ['p', 900],
      ['r', 1_000],
      ['q', 1_000],
    ]);
    expect([leading(rarities), leading()]).toEqual(['t', 'r']);
  });

  it('are looked up one by one where they are many: no planner tries them in every order', () => {
    const { text } = eventsStatement(filter, 10, window, asking);
    expect(text.match(/exists \(select from tag g where [^)]*? offset 0\)/g)).toHaveLength(3);
    const { text: few } = eventsStatement({ '#t': ['x'], '#r': ['y'] }, 10, window, asking);
    expect(few).not.toContain('g.id = k.id offset 0');
  });
});
