import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSchema } from '../../src/relay/store/postgres/housekeeping.ts';
import { migrate } from '../../src/relay/store/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/relay/store/postgres/schema.ts';
import { wordNumbers } from '../../src/relay/store/postgres/words.ts';
import { startTestPostgres, type TestPostgres, withClient } from '../support/postgres.ts';

const WORDS = ['hello', 'straße', '日本', '𝒳y'];

/** Makes the tables as they were after some of the steps. */
async function makeOldSchema(client: Client, last: number): Promise<void> {
  const old = MIGRATIONS.filter(({ version }) => version <= last);
  await client.query(
    'create table schema_migration (version integer primary key, name text, applied_at timestamptz default now())',
  );
  for (const { version, name, sql } of old) {
    await client.query(sql);
    await client.query('insert into schema_migration (version, name) values ($1, $2)', [version, name]);
  }
}

/** A database as the fourth step left it, with one event. */
async function fillOldSchema(client: Client): Promise<void> {
  await makeOldSchema(client, 4);
  await client.query("insert into event (created_at, kind, id, pubkey, json) values (5, 1, 'a', 'b', '{}')");
  await client.query("insert into search (created_at, id, words) values (5, 'a', $1)", [WORDS]);
}

async function indexesOf(url: string): Promise<string[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       join pg_class t on t.oid = i.indrelid where t.relname ~ '^(event|tag)'`,
    );
    return rows.map(({ name }) => name);
  });
}

describe('migrations', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });

  afterAll(() => postgres.stop());

  it('turn the words of stored events into the numbers that searches ask for, once', async () => {
    await withClient(postgres.url, async (client) => {
      await fillOldSchema(client);
      await migrate(client);
      await migrate(client);
      const { rows } = await client.query<{ words: number[] }>('select words from event');
      expect(new Set(rows[0]?.words)).toEqual(new Set(wordNumbers(WORDS)));
    });
  });

  it('keep the planner from looking at texts and words, in the months that were there and in new ones', async () => {
    const url = await postgres.createDatabase();
    await withClient(url, async (client) => {
      await makeOldSchema(client, 6);
      await client.query(`
        create table event_2026_01 partition of event for values from (1767225600) to (1769904000);
        insert into event (created_at, kind, id, pubkey, json) values (1767225601, 1, 'a', 'b', '{}')`);
    });
    await prepareSchema(url, { nowSeconds: Date.UTC(2026, 5, 1) / 1_000, withoutIndexes: false });
    await withClient(url, async (client) => {
      const sampled = await client.query<{ part: string }>(
        `select inhrelid::regclass::text as part from pg_inherits join pg_attribute on attrelid = inhrelid
         where inhparent = 'event'::regclass and attname in ('json', 'words') and attstattarget is distinct from 0`,
      );
      const { rows } = await client.query<{ json: string }>('select json from event');
      expect(sampled.rows).toEqual([]);
      expect(rows).toEqual([{ json: '{}' }]);
    });
  });

  it('leave out the covering indexes where that is wished, in new months too', async () => {
    const url = await postgres.createDatabase();
    const JUNE_S = Date.UTC(2026, 5, 1) / 1_000;
    const YEAR_S = 366 * 86_400;
    await prepareSchema(url, { nowSeconds: JUNE_S, withoutIndexes: false });
    const before = await indexesOf(url);
    expect(before).toEqual(expect.arrayContaining(['event_by_author', 'event_by_kind', 'tag_by_value']));
    await prepareSchema(url, { nowSeconds: JUNE_S, withoutIndexes: true });
    await prepareSchema(url, { nowSeconds: JUNE_S + YEAR_S, withoutIndexes: true });
    const after = await indexesOf(url);
    expect(
      after.filter((name) => /pubkey|by_author|by_kind|by_time|by_value|created_at_id_idx|^tag_/.test(name)),
    ).toEqual([]);
    expect(after).toEqual(expect.arrayContaining(['event_pkey', 'event_by_word', 'event_by_transaction']));
  });
});
