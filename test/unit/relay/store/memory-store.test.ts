import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { memoryBytes } from '../../../../src/relay/store/memory-cost.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { someEvent, someStored, stored } from '../../../support/stored-event.ts';

function storeOf(limitBytes = Number.POSITIVE_INFINITY, clock = { seconds: 1_000 }): MemoryStore {
  return new MemoryStore({ limitBytes, nowSeconds: () => clock.seconds });
}

async function idsOf(store: MemoryStore, filter: Filter = {}): Promise<string[]> {
  return (await store.query([{ limit: 100, ...filter }])).map(({ id }) => id);
}

describe('a full memory store', () => {
  const event = someStored();
  const room = 3 * memoryBytes(event);

  it('refuses events and keeps what it has', async () => {
    const store = storeOf(room);
    for (let i = 0; i < 3; i++) expect(await store.add(someStored())).toBe('stored');
    expect(await store.add(someStored())).toBe('full');
    expect(await idsOf(store)).toHaveLength(3);
    expect(store.usage()).toEqual({ events: 3, bytes: room, limitBytes: room });
  });

  it('still replaces versions by others of the same size', async () => {
    const version = (created_at: number) => someStored({ kind: 10_002, created_at });
    const store = storeOf(memoryBytes(version(1)));
    expect(await store.add(version(1))).toBe('stored');
    expect(await store.add(version(2))).toBe('stored');
    expect(await store.add(someStored())).toBe('full');
  });

  it('has room again after a deletion that frees more than it needs', async () => {
    const events = [someEvent({ content: 'x'.repeat(5_000) }), someEvent()];
    const store = storeOf(events.map(stored).reduce((bytes, each) => bytes + memoryBytes(each), 0));
    for (const each of events) expect(await store.add(stored(each))).toBe('stored');
    const deletion = someStored({ kind: 5, tags: [['e', events[0]?.id ?? '']] });
    expect(await store.add(deletion)).toBe('stored');
    expect(await store.add(someStored())).toBe('stored');
  });

  it('changes nothing when it refuses', async () => {
    const older = someStored({ kind: 10_002, created_at: 1 });
    const store = storeOf(memoryBytes(older));
    await store.add(older);
    const newer = someStored({ kind: 10_002, created_at: 2, content: 'x'.repeat(5_000) });
    expect(await store.add(newer)).toBe('full');
    expect(await idsOf(store)).toEqual([older.id]);
  });

  it('returns to nothing when everything is gone', async () => {
    const clock = { seconds: 1_000 };
    const store = storeOf(Number.POSITIVE_INFINITY, clock);
    for (let i = 0; i < 50; i++) {
      await store.add(
        someStored({
          tags: [
            ['expiration', '2000'],
            ['t', `${i}`],
          ],
          kind: i,
        }),
      );
    }
    clock.seconds = 3_000;
    const last = someStored();
    await store.add(last);
    expect(store.usage()).toMatchObject({ events: 1, bytes: memoryBytes(last) });
  });
});

describe('events of one second in the memory store', () => {
  const AUTHOR = 'a'.repeat(64);
  const version = (created_at: number) => someStored({ kind: 10_002, created_at });
  const deletion = () =>
    someStored({ kind: 5, created_at: 100, tags: [['a', `10002:${AUTHOR}:`]], content: 'all up to now' });

  it('keep the version with the lowest id, in whichever order they come (NIP-01)', async () => {
    const [lower, higher] = [version(100), version(100)];
    const [rising, falling] = [storeOf(), storeOf()];
    expect([await rising.add(lower), await rising.add(higher)]).toEqual(['stored', 'superseded']);
    expect([await falling.add(higher), await falling.add(lower)]).toEqual(['stored', 'stored']);
    expect([await idsOf(rising), await idsOf(falling)]).toEqual([[lower.id], [lower.id]]);
  });

  it('lose a version to a deletion of its address, before and after it, but not one of the next second', async () => {
    const store = storeOf();
    await store.add(version(100));
    const request = deletion();
    await store.add(request);
    expect(await idsOf(store)).toEqual([request.id]);
    expect(await store.add(version(100))).toBe('deleted');
    expect(await store.add(version(101))).toBe('stored');
    await store.add(deletion());
    expect(await idsOf(store, { kinds: [10_002] })).toHaveLength(1);
  });

  it('vanish with their author, before and after the request, but not one of the next second (NIP-62)', async () => {
    const store = storeOf();
    const later = someStored({ created_at: 101 });
    for (const event of [someStored({ created_at: 100 }), later]) await store.add(event);
    await store.vanish(AUTHOR, 100);
    expect(await idsOf(store)).toEqual([later.id]);
    expect(await store.add(someStored({ created_at: 100 }))).toBe('deleted');
    expect(await store.add(someStored({ created_at: 101 }))).toBe('stored');
  });
});

describe('expiry in the memory store (NIP-40)', () => {
  it('serves an event until its second', async () => {
    const clock = { seconds: 1_000 };
    const store = storeOf(Number.POSITIVE_INFINITY, clock);
    const event = someStored({ tags: [['expiration', '1005']] });
    await store.add(event);
    clock.seconds = 1_004;
    expect([await idsOf(store), await store.count([{}])]).toEqual([[event.id], 1]);
    clock.seconds = 1_005;
    expect([await idsOf(store), await store.count([{}])]).toEqual([[], 0]);
    expect(await idsOf(store, { ids: [event.id] })).toEqual([]);
  });

  it('leaves expired events out of the limit', async () => {
    const clock = { seconds: 1_000 };
    const store = storeOf(Number.POSITIVE_INFINITY, clock);
    const kept = someStored({ created_at: 1 });
    await store.add(kept);
    await store.add(someStored({ created_at: 9, tags: [['expiration', '1005']] }));
    clock.seconds = 2_000;
    expect(await idsOf(store, { limit: 1 })).toEqual([kept.id]);
  });

  it('forgets a replaced version that would have expired without touching the new one', async () => {
    const clock = { seconds: 1_000 };
    const store = storeOf(Number.POSITIVE_INFINITY, clock);
    await store.add(someStored({ kind: 10_002, created_at: 1, tags: [['expiration', '1005']] }));
    const newer = someStored({ kind: 10_002, created_at: 2 });
    await store.add(newer);
    clock.seconds = 2_000;
    await store.add(someStored());
    expect(await idsOf(store, { kinds: [10_002] })).toEqual([newer.id]);
  });
});

describe('queries of the memory store', () => {
  it('find the newest of very many without an order of arrival', async () => {
    const store = storeOf();
    const events = Array.from({ length: 2_000 }, (_, i) => someStored({ created_at: (i * 7_919) % 2_000 }));
    for (const event of events) await store.add(event);
    const newest = events.toSorted((a, b) => b.created_at - a.created_at).slice(0, 5);
    expect(await idsOf(store, { limit: 5 })).toEqual(newest.map(({ id }) => id));
  });

  it('return an event once that matches by two tags', async () => {
    const store = storeOf();
    const event = someStored({
      tags: [
        ['t', 'x'],
        ['t', 'y'],
      ],
    });
    await store.add(event);
    expect(await idsOf(store, { '#t': ['x', 'y', 'x'] })).toEqual([event.id]);
  });

  it('know what is stored', async () => {
    const store = storeOf();
    const event = someStored();
    expect(store.knows(event.id)).toBe(false);
    await store.add(event);
    expect(store.knows(event.id)).toBe(true);
  });
});
