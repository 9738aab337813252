import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disjointFilters, widestFilters } from '../../../../src/relay/store/widest-filters.ts';
import { arbitraryEvent, arbitraryFilter } from '../../../support/arbitrary-events.ts';
import { naiveMatches } from '../../../support/naive-store.ts';

describe('filters in whose place another one answers', () => {
  it('are one query with the highest limit, where only limits differ', () => {
    const filters = Array.from({ length: 20 }, (_, i) => ({ kinds: [1, 2], '#t': ['x'], limit: 4_980 + i }));
    expect(widestFilters(filters)).toEqual([filters[19]]);
  });

  it('are recognised whatever the order of their fields and values', () => {
    const filters = [
      { kinds: [1, 2], authors: ['a'], limit: 5 },
      { authors: ['a'], kinds: [2, 1, 1], limit: 3 },
    ];
    expect(widestFilters(filters)).toEqual([filters[0]]);
  });

  it('stay several where anything else differs', () => {
    const filters = [
      { kinds: [1], limit: 5 },
      { kinds: [1], until: 1, limit: 5 },
      { kinds: [1], search: 'x', limit: 5 },
      { '#t': ['1'], limit: 5 },
    ];
    expect(widestFilters(filters)).toEqual(filters);
  });

  it('are one query from the earliest second on, where its limit is not lower', () => {
    const filters = Array.from({ length: 20 }, (_, i) => ({ kinds: [1], since: i, limit: 5_000 - i }));
    expect(widestFilters([...filters].reverse())).toEqual([filters[0]]);
    const crossing = [
      { kinds: [1], since: 1, limit: 10 },
      { kinds: [1], since: 2, limit: 20 },
      { search: 'x', limit: 10 },
      { search: 'x', since: 2, limit: 10 },
    ];
    expect(widestFilters(crossing)).toEqual(crossing);
  });
});

describe('filters to count', () => {
  it('are asked for disjoint ranges of time', () => {
    const since = Array.from({ length: 20 }, (_, i) => ({ since: i, limit: i }));
    expect(disjointFilters(since)).toEqual([{ since: 0 }]);
    const ranges = [
      { kinds: [1], since: 10, until: 20 },
      { kinds: [1], since: 15, until: 30 },
      { kinds: [1], since: 31, until: 40 },
      { kinds: [1], since: 50 },
      { kinds: [2] },
    ];
    expect(disjointFilters(ranges)).toEqual([
      { kinds: [1], since: 10, until: 40 },
      { kinds: [1], since: 50 },
      { kinds: [2] },
    ]);
  });

  it('match together what they have matched before', () => {
    const filters = fc.array(arbitraryFilter, { maxLength: 6 });
    fc.assert(
      fc.property(filters, arbitraryEvent, (asked, event) => {
        const isMatch = (filter: (typeof asked)[number]): boolean => naiveMatches(filter, event);
        expect(disjointFilters(asked).some(isMatch)).toBe(asked.some(isMatch));
      }),
      { numRuns: 2_000 },
    );
  });
});
