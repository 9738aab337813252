import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { CorpusIndex } from '../../src/corpus/index/corpus-index.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { arbitraryEvent, arbitraryFilter } from '../support/arbitrary-events.ts';
import { NaiveStore } from '../support/naive-store.ts';

vi.setConfig({ testTimeout: 120_000 });

const ephemeral = arbitraryEvent.map((event): NostrEvent => ({ ...event, kind: 20_001 }));
const replaceable = arbitraryEvent.map(
  (event): NostrEvent => ({ ...event, kind: event.kind % 2 === 0 ? 0 : 10_002 }),
);
const deletion = arbitraryEvent.map((event): NostrEvent => ({ ...event, kind: 5 }));
const addressDeletion = fc
  .tuple(arbitraryEvent, fc.constantFrom(0, 10_002))
  .map(([event, kind]): NostrEvent => ({ ...event, kind: 5, tags: [['a', `${kind}:${event.pubkey}:`]] }));
const oneEvent = fc.oneof(arbitraryEvent, replaceable, replaceable, deletion, addressDeletion, ephemeral);
const events = fc.array(oneEvent, { minLength: 5, maxLength: 30 });
const limit = fc.nat(24);

/** At most two conditions: more of them hardly ever match anything. */
const sparseFilter = fc
  .tuple(arbitraryFilter, fc.nat(8), fc.nat(8))
  .map(([filter, ...kept]) => Object.fromEntries(Object.entries(filter).filter((_, i) => kept.includes(i))));
const filters = fc.oneof({ weight: 4, arbitrary: sparseFilter }, { weight: 1, arbitrary: arbitraryFilter });

/** What the plain rules answer; they know nothing of ephemeral events, which are never stored. */
function naiveStore(published: readonly NostrEvent[]): NaiveStore {
  const store = new NaiveStore();
  for (const event of published) if (event.kind !== 20_001) store.add(event);
  return store;
}

/** Events of which no two have one id, as in a corpus. */
function distinct(all: readonly NostrEvent[]): NostrEvent[] {
  return [...new Map([...all].reverse().map((event) => [event.id, event])).values()].reverse();
}

test('the index answers any filter as the plain rules do, after any number of events', () => {
  fc.assert(
    fc.property(events, filters, limit, fc.nat(30), (all, filter, most, count) => {
      const corpus = distinct(all);
      const published = Math.min(count, corpus.length);
      const index = new CorpusIndex();
      for (const event of corpus) index.add(event);
      const store = naiveStore(corpus.slice(0, published));
      const limited = { ...filter, limit: most };
      expect(index.answer(limited, published)).toEqual(store.query([limited]));
      expect(index.count(filter, published)).toBe(store.count([filter]));
    }),
    { numRuns: 2_000 },
  );
});

test('the index knows what is stored after each event', () => {
  fc.assert(
    fc.property(events, (all) => {
      const corpus = distinct(all);
      const index = new CorpusIndex();
      for (const event of corpus) index.add(event);
      for (let published = 0; published <= corpus.length; published++) {
        const store = naiveStore(corpus.slice(0, published));
        expect(index.answer({}, published)).toEqual(store.query([{ limit: 100 }]));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the index does not count an event twice', () => {
  fc.assert(
    fc.property(events, (all) => {
      const index = new CorpusIndex();
      for (const event of all) index.add(event);
      expect(index.size).toBe(new Set(all.map(({ id }) => id)).size);
    }),
  );
});
