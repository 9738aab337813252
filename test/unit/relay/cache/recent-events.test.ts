import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { CachedStore } from '../../../../src/relay/cache/cached-store.ts';
import { RecentEvents } from '../../../../src/relay/cache/recent-events.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import type { LimitedFilter } from '../../../../src/relay/store/store.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { someStored } from '../../../support/stored-event.ts';

/** A replica that does not have yet what other relays have stored, and answers when it is told to. */
class LateStore extends MemoryStore {
  queries = 0;
  answer: Promise<void> = Promise.resolve();

  override async query(filters: readonly LimitedFilter[]): Promise<readonly StoredEvent[]> {
    this.queries++;
    const events = await super.query(filters);
    await this.answer;
    return events;
  }
}

function setUp() {
  const store = new LateStore({ limitBytes: 1e9, nowSeconds: () => 1_000 });
  return { store, here: new CachedStore({ store, secondLayer: null, nowSeconds: () => 1_000 }) };
}

async function ids(cached: CachedStore, filter: Filter): Promise<string[]> {
  return (await cached.query([{ limit: 10, ...filter }])).map(({ id }) => id);
}

describe('what another relay has just stored', () => {
  it('is found by id without asking the store, and a part of an answer with what is not known', async () => {
    const { store, here } = setUp();
    const [told, older] = [someStored(), someStored({ created_at: 50 })];
    await store.add(older);
    await here.onStored(told);
    expect(await ids(here, { ids: [told.id] })).toEqual([told.id]);
    expect(store.queries).toBe(0);
    expect(await ids(here, { ids: [told.id, older.id] })).toEqual([told.id, older.id]);
  });

  it('is found by who asks after it has come, although somebody looks it up since before', async () => {
    const { store, here } = setUp();
    const told = someStored();
    let answer = (): void => undefined;
    store.answer = new Promise((resolve) => {
      answer = resolve;
    });
    const early = ids(here, { ids: [told.id] });
    await here.onStored(told);
    expect(await ids(here, { ids: [told.id] })).toEqual([told.id]);
    answer();
    expect(await early).toEqual([]);
    expect(await ids(here, { ids: [told.id] })).toEqual([told.id]);
  });

  it('is not found once it was removed, whichever of the two is heard of first', async () => {
    for (const order of ['stored', 'removed']) {
      const { here } = setUp();
      const told = someStored();
      if (order === 'removed') await here.onRemoved([told]);
      await here.onStored(told);
      if (order === 'stored') await here.onRemoved([told]);
      expect(await ids(here, { ids: [told.id] })).toEqual([]);
    }
  });

  it('is not found where its author had asked to vanish', async () => {
    const { here } = setUp();
    const told = someStored();
    await here.onStored(someStored({ kind: 62, created_at: 200, tags: [['relay', 'ALL_RELAYS']] }));
    await here.onStored(told);
    expect(await ids(here, { ids: [told.id] })).toEqual([]);
  });

  it('is forgotten where something else may have been missed', async () => {
    const { store, here } = setUp();
    const told = someStored();
    await here.onStored(told);
    here.distrust();
    expect(await ids(here, { ids: [told.id] })).toEqual([]);
    here.trust();
    expect(await ids(here, { ids: [told.id] })).toEqual([]);
    expect(store.queries).toBe(2);
  });
});

describe('recent events', () => {
  it('are the last 2,000', () => {
    const recent = new RecentEvents();
    const event = someStored();
    for (let i = 0; i <= 2_000; i++) recent.add(`i:${i}`, event);
    expect(recent.get('i:0')).toBeUndefined();
    expect(recent.get('i:2000')).toBe(event);
  });

  it('stay removed however many versions of addresses are replaced meanwhile', () => {
    const recent = new RecentEvents();
    recent.remove('i:gone');
    for (let i = 0; i <= 10_000; i++) recent.remove(`a:0:${i}:`);
    recent.add('i:gone', someStored());
    expect(recent.get('i:gone')).toBeUndefined();
  });
});
