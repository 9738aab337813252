import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresStore } from '../../src/relay/store/postgres/postgres-store.ts';
import type { BatchSizes } from '../../src/relay/store/postgres/store-options.ts';
import { eventually } from '../support/eventually.ts';
import { startTestPostgres, type TestPostgres, withClient } from '../support/postgres.ts';
import { describeStoreContract, NOW_SECONDS } from '../support/store-contract.ts';
import { someStored } from '../support/stored-event.ts';

const APRIL_S = Date.UTC(1970, 3, 1) / 1_000;
const TABLES = ['event', 'tag', 'replaceable', 'deleted_event', 'deleted_address', 'vanished'];

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
});

afterAll(() => postgres.stop());

function openStore(url: string, batches: Partial<BatchSizes> = {}): PostgresStore {
  return new PostgresStore({
    url,
    batches,
    replicaUrls: [],
    nowSeconds: () => NOW_SECONDS,
    log: (text) => {
      throw new Error(text);
    },
  });
}

describe.each<[string, Partial<BatchSizes>]>([
  ['the Postgres store', {}],
  ['the Postgres store, with small batches that are copied', { max: 8, copiedMin: 1 }],
])('%s', (_, batches) => {
  let store: PostgresStore;
  let url: string;

  beforeAll(async () => {
    url = await postgres.createDatabase();
    store = openStore(url, batches);
    await store.open();
  });

  afterAll(() => store.close());

  describeStoreContract({
    empty: async () => {
      await withClient(url, (client) =>
        client.query(TABLES.map((table) => `delete from ${table}`).join(';')),
      );
      store.forget();
      return store;
    },
    share: 0.03,
  });
});

describe('relays that store the same events at the same time', () => {
  it('store each once, and answer the others that it is there', async () => {
    const url = await postgres.createDatabase();
    const relays = [openStore(url), openStore(url)];
    for (const relay of relays) await relay.open();
    const events = Array.from({ length: 600 }, (_, n) =>
      someStored({ created_at: n, tags: [['t', `${n}`]] }),
    );
    const outcomes = await Promise.all(
      relays.map((relay) => Promise.all(events.map((event) => relay.add(event)))),
    );
    for (const [n] of events.entries()) {
      expect(outcomes.map((answers) => answers[n]).sort()).toEqual(['duplicate', 'stored']);
    }
    const counts =
      'select (select count(*)::int from event) as events, (select count(*)::int from tag) as tags';
    const { rows } = await withClient(url, (client) => client.query(counts));
    expect(rows).toEqual([{ events: 600, tags: 600 }]);
    for (const relay of relays) await relay.close();
  });

  it('insert a batch that could not be copied because one of its events was stored meanwhile', async () => {
    const url = await postgres.createDatabase();
    const relay = openStore(url);
    await relay.open();
    const [first, second] = [0, 1].map((batch) =>
      Array.from({ length: 100 }, (_, n) =>
        someStored({ created_at: APRIL_S + batch, tags: [['t', `${n}`]] }),
      ),
    );
    const [event] = first?.slice(50) ?? [];
    const outcomes = await withClient(url, async (other) => {
      await other.query('begin');
      await other.query(
        "insert into event (id, pubkey, created_at, kind, json) values (decode($1, 'hex'), decode($2, 'hex'), $3, 1, $4)",
        [event?.id, event?.pubkey, event?.created_at, event?.json],
      );
      const adding = Promise.all((first ?? []).map((one) => relay.add(one)));
      const waits =
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'copy event%'";
      await eventually(
        'a copy that waits',
        async () => (await withClient(url, (client) => client.query(waits))).rows.length > 0,
      );
      await other.query('commit');
      return await adding;
    });
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(99);
    expect(outcomes[50]).toBe('duplicate');
    const next = await Promise.all((second ?? []).map((one) => relay.add(one)));
    expect(new Set(next)).toEqual(new Set(['stored']));
    expect(await relay.count([{ kinds: [1] }])).toBe(200);
    await relay.close();
  });
});
