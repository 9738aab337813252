import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresStore } from '../../src/relay/store/postgres/postgres-store.ts';
import type { BatchSizes } from '../../src/relay/store/postgres/store-options.ts';
import { startTestPostgres, type TestPostgres, withClient } from '../support/postgres.ts';
import { describeStoreContract, NOW_SECONDS } from '../support/store-contract.ts';
import { someStored } from '../support/stored-event.ts';

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
});
