import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { MemoryStore } from '../../src/relay/store/memory-store.ts';
import { type StoredEvent, toStoredEvent } from '../../src/relay/store/stored-event.ts';
import { arbitraryEvent, arbitraryFilter } from '../support/arbitrary-events.ts';
import { NaiveStore } from '../support/naive-store.ts';

type Limited = Filter & { limit: number };

const arbitraryRequest: fc.Arbitrary<Limited[]> = fc.array(
  fc.tuple(arbitraryFilter, fc.integer({ min: 0, max: 8 })).map(([filter, limit]) => ({ ...filter, limit })),
  { minLength: 1, maxLength: 3 },
);

const arbitraryHistory = fc.array(arbitraryEvent, { maxLength: 40 });

function stored(event: NostrEvent): StoredEvent {
  return toStoredEvent(event, JSON.stringify(event));
}

function emptyStore(): MemoryStore {
  return new MemoryStore({ limitBytes: Number.POSITIVE_INFINITY, nowSeconds: () => 1_000 });
}

/** Adds all events to both stores and compares the answers. */
async function fill(store: MemoryStore, naive: NaiveStore, history: readonly NostrEvent[]): Promise<void> {
  for (const event of history) expect(await store.add(stored(event))).toBe(naive.add(event));
}

describe('the memory store', () => {
  it('stores, replaces and deletes exactly like the plain rules', async () => {
    const check = async (history: NostrEvent[]): Promise<void> => {
      await fill(emptyStore(), new NaiveStore(), history);
    };
    await fc.assert(fc.asyncProperty(arbitraryHistory, check), { numRuns: 500 });
  });

  it('returns the events of the plain rules, in their order and within their limits', async () => {
    const check = async (history: NostrEvent[], request: Limited[]): Promise<void> => {
      const [store, naive] = [emptyStore(), new NaiveStore()];
      await fill(store, naive, history);
      expect((await store.query(request)).map(({ id }) => id)).toEqual(naive.query(request));
      expect(await store.count(request)).toBe(naive.count(request));
    };
    await fc.assert(fc.asyncProperty(arbitraryHistory, arbitraryRequest, check), { numRuns: 2_000 });
  });

  it('keeps the same version of an address in every order of arrival', async () => {
    const versions = fc.array(
      arbitraryEvent.map((event) => ({ ...event, kind: 30_023, tags: [['d', 'x']], pubkey: 'a'.repeat(64) })),
      { minLength: 2, maxLength: 12 },
    );
    const shuffled = versions.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    const check = async ([one, other]: [NostrEvent[], NostrEvent[]]): Promise<void> => {
      const distinct = new Map(one.map((event) => [event.id, event]));
      const [a, b] = [emptyStore(), emptyStore()];
      for (const event of distinct.values()) await a.add(stored(event));
      for (const event of other) await b.add(stored(distinct.get(event.id) ?? event));
      const [fromA, fromB] = [await a.query([{ limit: 9 }]), await b.query([{ limit: 9 }])];
      expect(fromA.length).toBe(1);
      expect(fromB.map(({ id }) => id)).toEqual(fromA.map(({ id }) => id));
    };
    await fc.assert(fc.asyncProperty(shuffled, check), { numRuns: 300 });
  });
});
