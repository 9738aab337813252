import fc from 'fast-check';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { arbitraryFilter, arbitraryRelayEvent } from './arbitrary-events.ts';

/** Filters that find something most of the time; {@link arbitraryFilter} asks for so much at once that it rarely does. */
const arbitraryWideFilter: fc.Arbitrary<Filter> = fc.constantFrom<Filter>(
  {},
  { kinds: [1, 7] },
  { kinds: [0, 30_023, 10_002] },
  { authors: ['a'.repeat(64), 'b'.repeat(64)] },
  { '#t': ['x', 'y'] },
  { since: 103 },
  { until: 104 },
  { since: 102, until: 104 },
  { ids: ['00'.repeat(32)] },
  { ids: ['01'.repeat(32)] },
);

/**
 * Events that are published again and again, most of one author, so that versions, deletions and repetitions meet. An id names one
 * event, as it does where it is a hash; a deletion names several.
 */
export const arbitraryPool: fc.Arbitrary<NostrEvent[]> = fc
  .array(
    fc.tuple(
      arbitraryRelayEvent,
      fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 1, maxLength: 3 }),
      fc.nat(9),
    ),
    { minLength: 10, maxLength: 10 },
  )
  .map((drawn) =>
    drawn.map(([event, named, chance], number) => {
      const own = { ...event, id: idOf(number), pubkey: chance < 8 ? 'a'.repeat(64) : event.pubkey };
      if (event.kind === 62) return { ...own, tags: [['relay', 'ALL_RELAYS'], ...event.tags] };
      const deleted = named.map((each) => ['e', idOf(each)]);
      return event.kind === 5 ? { ...own, tags: [...event.tags, ...deleted] } : own;
    }),
  );

function idOf(number: number): string {
  return `0${number}`.repeat(32);
}

/** Most of them find something. */
export const arbitraryAnyFilter = fc.oneof(
  { arbitrary: arbitraryWideFilter, weight: 4 },
  { arbitrary: arbitraryFilter, weight: 1 },
);
