import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { CachedStore } from '../../../../src/relay/cache/cached-store.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import type { LimitedFilter, Reader } from '../../../../src/relay/store/store.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { MapLayer } from '../../../support/map-layer.ts';
import { someStored } from '../../../support/stored-event.ts';

const AUTHOR = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

/** A store that counts what it is asked, and can be made to wait. */
class CountingStore extends MemoryStore {
  queries = 0;
  gate: Promise<void> = Promise.resolve();

  override async query(filters: readonly LimitedFilter[], reader?: Reader): Promise<readonly StoredEvent[]> {
    this.queries++;
    const events = await super.query(filters, reader);
    await this.gate;
    return events;
  }
}

function setUp() {
  const clock = { now: 1_000 };
  const store = new CountingStore({ limitBytes: 1e9, nowSeconds: () => clock.now });
  const secondLayer = new MapLayer();
  const open = () => new CachedStore({ store, secondLayer, nowSeconds: () => clock.now });
  return { clock, store, secondLayer, cached: open(), open };
}

async function ids(cached: CachedStore, filter: Filter, reader?: Reader): Promise<string[]> {
  return (await cached.query([{ limit: 10, ...filter }], reader)).map(({ id }) => id);
}

describe('a store behind a cache', () => {
  it('asks the store once for an event by id, and another process not at all', async () => {
    const { cached, store, open } = setUp();
    const event = someStored();
    await store.add(event);
    for (let i = 0; i < 3; i++) expect(await ids(cached, { ids: [event.id] })).toEqual([event.id]);
    expect(await ids(open(), { ids: [event.id] })).toEqual([event.id]);
    expect(store.queries).toBe(1);
    expect(cached.stats.layers.l1).toEqual({ hits: 2, misses: 1 });
    expect(cached.stats.layers.l2).toEqual({ hits: 0, misses: 1 });
  });

  it('asks the store where the second layer holds what no relay has written', async () => {
    const { cached, store, secondLayer } = setUp();
    const event = someStored();
    await store.add(event);
    secondLayer.values.set(`i:${event.id}`, 'not ours');
    expect(await ids(cached, { ids: [event.id] })).toEqual([event.id]);
    expect(store.queries).toBe(1);
  });

  it('gives the same event from the second layer', async () => {
    const { cached, open } = setUp();
    const event = someStored({ tags: [['t', 'x']], content: 'line\nbreak' });
    await cached.add(event);
    await ids(cached, { ids: [event.id] });
    const [found] = await open().query([{ ids: [event.id], limit: 1 }]);
    const { id, pubkey, created_at, kind, json, tags, address, expiresAt } = found ?? event;
    expect({ id, pubkey, created_at, kind, json, tags, address, expiresAt }).toEqual(event);
  });

  it('remembers that an address has no event until one comes', async () => {
    const { cached, store } = setUp();
    const profiles = { kinds: [0], authors: [AUTHOR, OTHER] };
    for (let i = 0; i < 3; i++) expect(await ids(cached, profiles)).toEqual([]);
    expect(store.queries).toBe(1);
    const profile = someStored({ kind: 0 });
    await cached.add(profile);
    expect(await ids(cached, profiles)).toEqual([profile.id]);
    const newer = someStored({ kind: 0, created_at: 101 });
    await cached.add(newer);
    expect(await ids(cached, profiles)).toEqual([newer.id]);
  });

  it('has the second layer forget what a new version replaces, and asks nothing of it for other events', async () => {
    const { cached, secondLayer } = setUp();
    await cached.add(someStored());
    expect(secondLayer.deleted).toEqual([]);
    await cached.add(someStored({ kind: 0 }));
    expect(secondLayer.deleted).toEqual([`a:0:${AUTHOR}:`]);
  });

  it('finds an event that was asked for before it came', async () => {
    const { cached } = setUp();
    const event = someStored();
    expect(await ids(cached, { ids: [event.id] })).toEqual([]);
    await cached.add(event);
    expect(await ids(cached, { ids: [event.id] })).toEqual([event.id]);
  });

  it('keeps the answer to a filter from the second time, until a matching event is stored', async () => {
    const { cached, store } = setUp();
    const [note, other] = [someStored(), someStored({ pubkey: OTHER })];
    await cached.add(note);
    const notes = { kinds: [1], authors: [AUTHOR] };
    for (let i = 0; i < 4; i++) expect(await ids(cached, notes)).toEqual([note.id]);
    expect(store.queries).toBe(2);
    await cached.add(other);
    await ids(cached, notes);
    expect(store.queries).toBe(2);
    const second = someStored({ created_at: 101 });
    await cached.add(second);
    expect(await ids(cached, notes)).toEqual([second.id, note.id]);
  });

  it('forgets removed events everywhere', async () => {
    const { cached, store } = setUp();
    const note = someStored();
    await cached.add(note);
    const notes = { kinds: [1], authors: [AUTHOR] };
    for (let i = 0; i < 2; i++) await Promise.all([ids(cached, { ids: [note.id] }), ids(cached, notes)]);
    await store.add(someStored({ kind: 5, tags: [['e', note.id]] }));
    await cached.onRemoved([note]);
    expect(await ids(cached, { ids: [note.id] })).toEqual([]);
    expect(await ids(cached, notes)).toEqual([]);
  });

  it('serves nothing that has expired while it was kept', async () => {
    const { cached, clock } = setUp();
    const event = someStored({ tags: [['expiration', '1010']] });
    await cached.add(event);
    const filters: Filter[] = [{ ids: [event.id] }, { kinds: [1] }];
    for (const filter of filters)
      for (let i = 0; i < 3; i++) expect(await ids(cached, filter)).toHaveLength(1);
    clock.now = 1_010;
    for (const filter of filters) expect(await ids(cached, filter)).toEqual([]);
  });

  it.each([
    ['gift wraps', { kind: 1_059, tags: [['p', OTHER]] }],
    ['direct messages', { kind: 4, tags: [['p', OTHER]] }],
    ['protected events', { tags: [['-']] }],
  ])('keeps no %s', async (_, fields) => {
    const { cached, secondLayer } = setUp();
    const event = someStored(fields);
    await cached.add(event);
    for (let i = 0; i < 3; i++) await ids(cached, { ids: [event.id] });
    expect(cached.stats.layers.l1.hits).toBe(0);
    expect([...secondLayer.values]).toEqual([]);
  });

  it('gives a gift wrap to its recipient although a stranger has asked before', async () => {
    const { cached } = setUp();
    const wrap = someStored({ kind: 1_059, tags: [['p', OTHER]] });
    await cached.add(wrap);
    for (const filter of [{ ids: [wrap.id] }, { authors: [AUTHOR] }, { kinds: [1_059] }]) {
      for (let i = 0; i < 3; i++) expect(await ids(cached, filter, { pubkeys: [] })).toEqual([]);
      expect(await ids(cached, filter, { pubkeys: [OTHER] })).toEqual([wrap.id]);
      expect(await ids(cached, filter, { pubkeys: [] })).toEqual([]);
    }
  });

  it('asks the store once although many ask at the same time', async () => {
    const { cached, store } = setUp();
    const event = someStored();
    await store.add(event);
    const asked = Array.from({ length: 50 }, () => ids(cached, { ids: [event.id] }));
    expect(await Promise.all(asked)).toEqual(asked.map(() => [event.id]));
    expect(store.queries).toBe(1);
  });

  it('does not keep what was replaced while it was being looked up', async () => {
    const { cached, store, secondLayer } = setUp();
    const profiles = { kinds: [0], authors: [AUTHOR] };
    await cached.add(someStored({ kind: 0 }));
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = ids(cached, profiles);
    await Promise.resolve();
    const newer = someStored({ kind: 0, created_at: 101 });
    await cached.add(newer);
    store.gate = Promise.resolve();
    expect(await ids(cached, profiles)).toEqual([newer.id]);
    open();
    await early;
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ids(cached, profiles)).toEqual([newer.id]);
    expect([...secondLayer.values.values()].join()).toContain(newer.id);
  });

  it('looks nothing up in the cache while it may miss what others store', async () => {
    const { cached, store } = setUp();
    const event = someStored();
    await store.add(event);
    for (let i = 0; i < 2; i++) await ids(cached, { ids: [event.id] });
    cached.distrust();
    for (let i = 0; i < 2; i++) await ids(cached, { ids: [event.id] });
    expect(store.queries).toBe(3);
    cached.trust();
    await ids(cached, { ids: [event.id] });
    expect(cached.stats.layers.l1.hits).toBe(1);
  });
});
