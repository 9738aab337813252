import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { MemoryStore } from '../../src/relay/store/memory-store.ts';
import { type StoredEvent, toStoredEvent } from '../../src/relay/store/stored-event.ts';
import {
  arbitraryEvent,
  arbitraryFilter,
  arbitraryReaders,
  arbitraryRelayEvent,
  arbitrarySearch,
  arbitraryVanishing,
} from '../support/arbitrary-events.ts';
import { NaiveStore } from '../support/naive-store.ts';

type Limited = Filter & { limit: number };

const arbitraryRequest: fc.Arbitrary<Limited[]> = fc.array(
  fc.tuple(arbitraryFilter, fc.integer({ min: 0, max: 8 })).map(([filter, limit]) => ({ ...filter, limit })),
  { minLength: 1, maxLength: 3 },
);

const arbitrarySearchRequest: fc.Arbitrary<Limited[]> = fc.array(
  fc
    .record(
      { search: arbitrarySearch, kinds: fc.constant([1, 7]), '#t': fc.constant(['x']) },
      { requiredKeys: [] },
    )
    .chain((filter) => fc.integer({ min: 0, max: 8 }).map((limit) => ({ ...filter, limit }))),
  { minLength: 1, maxLength: 3 },
);

type Step = NostrEvent | { readonly pubkey: string; readonly until: number };

const arbitraryHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ arbitrary: arbitraryRelayEvent, weight: 12 }, { arbitrary: arbitraryVanishing, weight: 1 }),
  { maxLength: 40 },
);

function stored(event: NostrEvent): StoredEvent {
  return toStoredEvent(event, JSON.stringify(event));
}

function emptyStore(): MemoryStore {
  return new MemoryStore({ limitBytes: Number.POSITIVE_INFINITY, nowSeconds: () => 1_000 });
}

/** Does the same with both stores and compares the answers. */
async function fill(store: MemoryStore, naive: NaiveStore, history: readonly Step[]): Promise<void> {
  for (const step of history) {
    if ('until' in step) {
      await store.vanish(step.pubkey, step.until);
      naive.vanish(step.pubkey, step.until);
    } else expect(await store.add(stored(step))).toBe(naive.add(step));
  }
}

describe('the memory store', () => {
  it('stores, replaces and deletes exactly like the plain rules', async () => {
    const check = async (history: Step[]): Promise<void> => {
      await fill(emptyStore(), new NaiveStore(), history);
    };
    await fc.assert(fc.asyncProperty(arbitraryHistory, check), { numRuns: 500 });
  });

  it('returns the events of the plain rules, in their order and within their limits', async () => {
    const check = async (history: Step[], request: Limited[], readers?: string[]): Promise<void> => {
      const [store, naive] = [emptyStore(), new NaiveStore()];
      await fill(store, naive, history);
      const reader = readers === undefined ? undefined : { pubkeys: readers };
      expect((await store.query(request, reader)).map(({ id }) => id)).toEqual(naive.query(request, readers));
      expect(await store.count(request, reader)).toBe(naive.count(request, readers));
    };
    const requests = fc.oneof(
      { arbitrary: arbitraryRequest, weight: 3 },
      { arbitrary: arbitrarySearchRequest, weight: 1 },
    );
    await fc.assert(fc.asyncProperty(arbitraryHistory, requests, arbitraryReaders, check), {
      numRuns: 2_000,
    });
  });

  it('lists time and id of what the plain rules match, or nothing where that is too much', async () => {
    const check = async (history: Step[], filter: Filter, max: number, readers?: string[]): Promise<void> => {
      const [store, naive] = [emptyStore(), new NaiveStore()];
      await fill(store, naive, history);
      const reader = readers === undefined ? undefined : { pubkeys: readers };
      const listed = await store.list(filter, max, reader);
      expect(listed?.map(({ created_at, id }) => ({ created_at, id })) ?? null).toEqual(
        naive.list(filter, max, readers),
      );
    };
    const limited = fc.tuple(arbitraryFilter, fc.integer({ min: 0, max: 8 }));
    const filters = fc.oneof(
      arbitraryFilter,
      limited.map(([filter, limit]) => ({ ...filter, limit })),
    );
    const max = fc.integer({ min: 0, max: 12 });
    await fc.assert(fc.asyncProperty(arbitraryHistory, filters, max, arbitraryReaders, check), {
      numRuns: 500,
    });
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
