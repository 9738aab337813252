import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { CachedStore } from '../../../../src/relay/cache/cached-store.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { MapLayer } from '../../../support/map-layer.ts';
import { someStored } from '../../../support/stored-event.ts';

const AUTHOR = 'a'.repeat(64);

/** Two processes with one database and one second layer; they tell each other nothing by themselves. */
function setUp() {
  const store = new MemoryStore({ limitBytes: 1e9, nowSeconds: () => 1_000 });
  const values = new Map<string, string>();
  const facts = { isTold: true };
  const open = (isTold?: () => boolean): CachedStore =>
    new CachedStore({
      ...{ store, secondLayer: new MapLayer(values), nowSeconds: () => 1_000 },
      ...(isTold === undefined ? {} : { isTold }),
    });
  return { store, values, facts, here: open(() => facts.isTold), open };
}

async function ids(cached: CachedStore, filter: Filter): Promise<string[]> {
  return (await cached.query([{ limit: 10, ...filter }])).map(({ id }) => id);
}

/** Asks until the answers are kept. */
async function warm(cached: CachedStore, filters: readonly Filter[]): Promise<void> {
  for (let i = 0; i < 3; i++) for (const filter of filters) await ids(cached, filter);
}

describe('a process that was not told of a removal', () => {
  it.each<[string, (note: StoredEvent) => Partial<StoredEvent>]>([
    ['a deletion request names its id', ({ id }) => ({ kind: 5, tags: [['e', id]] })],
    ['its author has vanished', () => ({ kind: 62, tags: [['relay', 'ALL_RELAYS']] })],
  ])('forgets an event in both layers once it hears that %s', async (_, request) => {
    const { store, here, open } = setUp();
    const note = someStored();
    await here.add(note);
    const filters: Filter[] = [{ ids: [note.id] }, { kinds: [1] }];
    await warm(here, filters);
    const removal = someStored({ created_at: 200, ...request(note) });
    await store.vanish(AUTHOR, 150);
    await here.onStored(removal);
    for (const filter of filters) expect(await ids(here, filter)).toEqual([]);
    const other = open();
    await other.onStored(removal);
    expect(await ids(other, { ids: [note.id] })).toEqual([]);
  });

  it('forgets the version that a deletion request names by its address', async () => {
    const { store, here } = setUp();
    const profile = someStored({ kind: 0 });
    await here.add(profile);
    const filters: Filter[] = [{ kinds: [0], authors: [AUTHOR] }, { kinds: [0, 1] }];
    await warm(here, filters);
    const removal = someStored({ kind: 5, created_at: 200, tags: [['a', `0:${AUTHOR}:`]] });
    await store.add(removal);
    await here.onStored(removal);
    for (const filter of filters) expect(await ids(here, filter)).toEqual([]);
  });

  it('serves nothing that was kept in another epoch, here or in the second layer', async () => {
    const { store, here, open } = setUp();
    here.onEpoch('1');
    const note = someStored();
    await here.add(note);
    await warm(here, [{ ids: [note.id] }, { kinds: [1] }]);
    await store.add(someStored({ kind: 5, tags: [['e', note.id]] }));
    here.onEpoch('1');
    expect(await ids(here, { ids: [note.id] })).toEqual([note.id]);
    here.onEpoch('2');
    expect(await ids(here, { ids: [note.id] })).toEqual([]);
    expect(await ids(here, { kinds: [1] })).toEqual([]);
    const other = open();
    other.onEpoch('2');
    expect(await ids(other, { ids: [note.id] })).toEqual([]);
  });

  it('uses nothing that it has kept while it can not know whether it is told', async () => {
    const { store, here, facts } = setUp();
    const note = someStored();
    await here.add(note);
    await warm(here, [{ ids: [note.id] }]);
    await store.add(someStored({ kind: 5, tags: [['e', note.id]] }));
    facts.isTold = false;
    expect(await ids(here, { ids: [note.id] })).toEqual([]);
  });
});
