import { describe, expect, it } from 'vitest';
import { widestFilters } from '../../../../src/relay/store/widest-filters.ts';

describe('filters that differ in their limits only', () => {
  it('are one query, that of the highest limit', () => {
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
      { kinds: [1], since: 1, limit: 5 },
      { kinds: [1], search: 'x', limit: 5 },
      { '#t': ['1'], limit: 5 },
    ];
    expect(widestFilters(filters)).toEqual(filters);
  });
});
