import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FilterMatcher, matchesFilter, parseFilter } from '../../src/nostr/filter.ts';
import { arbitraryEvent, arbitraryFilter } from '../support/arbitrary-events.ts';
import { naiveMatches } from '../support/naive-store.ts';

describe('the filter matcher', () => {
  it('agrees with the rules of NIP-01 written out plainly', () => {
    fc.assert(
      fc.property(arbitraryFilter, arbitraryEvent, (filter, event) => {
        expect(new FilterMatcher(filter).matches(event)).toBe(naiveMatches(filter, event));
      }),
      { numRuns: 5_000 },
    );
  });

  it('agrees with nostr-tools', () => {
    fc.assert(
      fc.property(arbitraryFilter, arbitraryEvent, (filter, event) => {
        expect(new FilterMatcher(filter).matches(event)).toBe(matchesFilter(filter, event));
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives one event the same answer however many it has seen', () => {
    fc.assert(
      fc.property(arbitraryFilter, fc.array(arbitraryEvent, { minLength: 2 }), (filter, events) => {
        const matcher = new FilterMatcher(filter);
        const first = events.map((event) => matcher.matches(event));
        expect(events.map((event) => matcher.matches(event))).toEqual(first);
      }),
    );
  });
});

describe('the filter parser', () => {
  it('accepts every well-formed filter unchanged', () => {
    fc.assert(
      fc.property(arbitraryFilter, (filter) => {
        expect(parseFilter(filter).filter).toEqual(filter);
      }),
    );
  });

  it('never throws, whatever the value', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        const parsed = parseFilter(value);
        expect(parsed.filter === undefined).toBe(parsed.problem !== undefined);
      }),
    );
  });
});
