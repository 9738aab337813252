import fc from 'fast-check';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';

/** Few values, so that events collide in every field that a rule depends on. */
const ids = Array.from({ length: 24 }, (_, i) => i.toString(16).padStart(2, '0').repeat(32));
const authors = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
const kinds = [0, 1, 3, 5, 7, 10_002, 30_023, 40_000];
const contents = ['', 'apple', 'Pear, apple!', 'pear pear PEAR plum', 'apple plum. apple', 'applepear'];
const texts = ['', 'x', 'y'];
const seconds = fc.integer({ min: 100, max: 106 });

const addresses = authors.flatMap((author) => [`0:${author}:`, `10002:${author}:`, `30023:${author}:x`]);

const tag = fc.oneof(
  fc.tuple(fc.constant('e'), fc.constantFrom(...ids)),
  fc.tuple(fc.constant('p'), fc.constantFrom(...authors)),
  fc.tuple(fc.constant('a'), fc.constantFrom(...addresses)),
  fc.tuple(fc.constantFrom('d', 't', 'T', 'long'), fc.constantFrom(...texts)),
  fc.tuple(fc.constantFrom('t', 'd'), fc.constantFrom(...texts), fc.constantFrom(...texts)),
  fc.tuple(fc.constantFrom('t', 'd')),
);

/** An event whose id and signature mean nothing; everything else is well-formed. Its kind is one of NIP-01 and NIP-09. */
export const arbitraryEvent: fc.Arbitrary<NostrEvent> = fc.record({
  id: fc.constantFrom(...ids),
  pubkey: fc.constantFrom(...authors),
  created_at: seconds,
  kind: fc.constantFrom(...kinds),
  tags: fc.array(tag, { maxLength: 4 }),
  content: fc.constantFrom(...contents),
  sig: fc.constant('0'.repeat(128)),
});

/** The same with requests to vanish (NIP-62) and gift wraps (NIP-59), which are read and deleted by other rules. */
export const arbitraryRelayEvent: fc.Arbitrary<NostrEvent> = fc
  .tuple(arbitraryEvent, fc.constantFrom(null, null, null, 62, 1_059, 1_059))
  .map(([event, kind]) => ({ ...event, kind: kind ?? event.kind }));

/** A filter over the same values, any field missing or empty. */
export const arbitraryFilter: fc.Arbitrary<Filter> = fc.record(
  {
    ids: fc.array(fc.constantFrom(...ids), { maxLength: 8 }),
    authors: fc.array(fc.constantFrom(...authors), { maxLength: 3 }),
    kinds: fc.array(fc.constantFrom(...kinds), { maxLength: 4 }),
    since: seconds,
    until: seconds,
    '#e': fc.array(fc.constantFrom(...ids), { maxLength: 12 }),
    '#p': fc.array(fc.constantFrom(...authors), { maxLength: 3 }),
    '#t': fc.array(fc.constantFrom(...texts), { maxLength: 3 }),
    '#d': fc.array(fc.constantFrom(...texts), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Words to search for, of which some are in the contents, and an extension. */
export const arbitrarySearch: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('apple', 'PEAR', 'plum', 'kiwi', 'lang:en'), { maxLength: 3 })
  .map((words) => words.join(' '));

/** A key that is the author of events and is named in `p` tags, and a time: who vanishes and when. */
export const arbitraryVanishing: fc.Arbitrary<{ readonly pubkey: string; readonly until: number }> =
  fc.record({
    pubkey: fc.constantFrom(...authors),
    until: seconds,
  });

/** The keys of somebody who asks; undefined for somebody who may see everything. */
export const arbitraryReaders: fc.Arbitrary<string[] | undefined> = fc.option(
  fc.subarray(authors, { maxLength: 2 }),
  { nil: undefined },
);
