import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import type { EventStore } from '../../src/relay/store/store.ts';
import {
  arbitraryEvent,
  arbitraryFilter,
  arbitraryReaders,
  arbitraryRelayEvent,
  arbitrarySearch,
  arbitraryVanishing,
} from './arbitrary-events.ts';
import { NaiveStore } from './naive-store.ts';
import { stored } from './stored-event.ts';

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

/** The time of the stores that are held to the plain rules: long after all events, unless these are stretched. */
export const NOW_SECONDS = 10_000_000;

/** Seconds between two neighbouring seconds of events, where they are stretched; the last is now. */
const arbitraryStretch: fc.Arbitrary<number | null> = fc.constantFrom(null, 1, 9_001, 40_001);

/** Draws times apart, so that a store that looks for events part by part has many parts to look at. */
function stretched<Item extends object>(item: Item, factor: number | null): Item {
  if (factor === null) return item;
  const times = ['created_at', 'since', 'until'];
  const entries = Object.entries(item).map(([key, value]) =>
    times.includes(key) ? [key, NOW_SECONDS - (106 - Number(value)) * factor] : [key, value],
  );
  return Object.fromEntries(entries) as Item;
}

/** A store that is held to the plain rules. */
export interface ContractSubject {
  /** An empty store, for which it is second {@link NOW_SECONDS}. */
  readonly empty: () => Promise<EventStore>;
  /** Histories that are tried of each kind, as a part of those that are tried of a store in memory. */
  readonly share: number;
}

/** An id fixes all fields of an event: it is their hash. */
function coherent(history: readonly Step[]): Step[] {
  const events = new Map<string, NostrEvent>();
  return history.map((step) => {
    if ('until' in step) return step;
    const event = events.get(step.id) ?? step;
    events.set(step.id, event);
    return event;
  });
}

/** Does the same with both stores, step by step, and compares the answers. */
async function fillInTurn(store: EventStore, naive: NaiveStore, history: readonly Step[]): Promise<void> {
  for (const step of coherent(history)) {
    if ('until' in step) {
      await store.vanish(step.pubkey, step.until);
      naive.vanish(step.pubkey, step.until);
    } else expect(await store.add(stored(step))).toBe(naive.add(step));
  }
}

/** As {@link fillInTurn}, but events between two requests to vanish are handed over at once. */
async function fill(store: EventStore, naive: NaiveStore, history: readonly Step[]): Promise<void> {
  let events: NostrEvent[] = [];
  const handOver = async (): Promise<void> => {
    const outcomes = await Promise.all(events.map((event) => store.add(stored(event))));
    expect(outcomes).toEqual(events.map((event) => naive.add(event)));
    events = [];
  };
  for (const step of coherent(history)) {
    if ('until' in step) {
      await handOver();
      await store.vanish(step.pubkey, step.until);
      naive.vanish(step.pubkey, step.until);
    } else events.push(step);
  }
  await handOver();
}

/** The tests that every store must pass: it answers whatever the plain rules answer. */
export function describeStoreContract({ empty, share }: ContractSubject): void {
  const runs = (count: number): { numRuns: number } => ({ numRuns: Math.ceil(count * share) });

  it('stores, replaces and deletes exactly like the plain rules', async () => {
    const check = async (history: Step[]): Promise<void> => {
      await fillInTurn(await empty(), new NaiveStore(), history);
    };
    await fc.assert(fc.asyncProperty(arbitraryHistory, check), runs(500));
  });

  it('does the same with events that come at once', async () => {
    const check = async (history: Step[]): Promise<void> => {
      const [store, naive] = [await empty(), new NaiveStore()];
      await fill(store, naive, history);
      expect((await store.query([{ limit: 100 }])).map(({ id }) => id)).toEqual(
        naive.query([{ limit: 100 }]),
      );
    };
    await fc.assert(fc.asyncProperty(arbitraryHistory, check), runs(500));
  });

  it('returns the events of the plain rules, in their order and within their limits', async () => {
    type Case = [Step[], Limited[], string[] | undefined, number | null];
    const check = async ([steps, filters, readers, stretch]: Case): Promise<void> => {
      const [store, naive] = [await empty(), new NaiveStore()];
      const request = filters.map((filter) => stretched(filter, stretch));
      await fill(
        store,
        naive,
        steps.map((step) => stretched(step, stretch)),
      );
      const reader = readers === undefined ? undefined : { pubkeys: readers };
      expect((await store.query(request, reader)).map(({ id }) => id)).toEqual(naive.query(request, readers));
      expect(await store.count(request, reader)).toBe(naive.count(request, readers));
    };
    const requests = fc.oneof(
      { arbitrary: arbitraryRequest, weight: 3 },
      { arbitrary: arbitrarySearchRequest, weight: 1 },
    );
    const cases: fc.Arbitrary<Case> = fc.tuple(
      arbitraryHistory,
      requests,
      arbitraryReaders,
      arbitraryStretch,
    );
    await fc.assert(fc.asyncProperty(cases, check), runs(2_000));
  });

  it('lists time and id of what the plain rules match, or nothing where that is too much', async () => {
    const check = async (history: Step[], filter: Filter, max: number, readers?: string[]): Promise<void> => {
      const [store, naive] = [await empty(), new NaiveStore()];
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
    await fc.assert(fc.asyncProperty(arbitraryHistory, filters, max, arbitraryReaders, check), runs(500));
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
      const kept = async (versions: Iterable<NostrEvent>): Promise<string[]> => {
        const store = await empty();
        for (const event of versions) await store.add(stored(event));
        return (await store.query([{ limit: 9 }])).map(({ id }) => id);
      };
      const fromOne = await kept(distinct.values());
      expect(fromOne.length).toBe(1);
      expect(await kept(other.map((event) => distinct.get(event.id) ?? event))).toEqual(fromOne);
    };
    await fc.assert(fc.asyncProperty(shuffled, check), runs(300));
  });
}
