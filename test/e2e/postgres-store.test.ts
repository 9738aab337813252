import { afterAll, beforeAll, describe } from 'vitest';
import { PostgresStore } from '../../src/relay/store/postgres/postgres-store.ts';
import { startTestPostgres, type TestPostgres, withClient } from '../support/postgres.ts';
import { describeStoreContract, NOW_SECONDS } from '../support/store-contract.ts';

const TABLES = ['event', 'tag', 'replaceable', 'deleted_event', 'deleted_address', 'vanished'];

describe('the Postgres store', () => {
  let postgres: TestPostgres;
  let store: PostgresStore;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    store = new PostgresStore({
      url: postgres.url,
      replicaUrls: [],
      nowSeconds: () => NOW_SECONDS,
      log: (text) => {
        throw new Error(text);
      },
    });
    await store.open();
  });

  afterAll(async () => {
    await store.close();
    await postgres.stop();
  });

  describeStoreContract({
    empty: async () => {
      await withClient(postgres.url, (client) =>
        client.query(TABLES.map((table) => `delete from ${table}`).join(';')),
      );
      store.forget();
      return store;
    },
    share: 0.03,
  });
});
