import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSchema, refreshStatistics } from '../../src/relay/store/postgres/housekeeping.ts';
import { openTestPool, startTestPostgres, type TestPostgres } from '../support/postgres.ts';

const NOW_S = Date.UTC(2026, 3, 1) / 1_000;

/** So many events of the last hours, one second apart. */
const fill = (from: number, count: number): string =>
  `insert into event (id, pubkey, created_at, kind, json)
   select sha256(n::text::bytea), sha256('a'), ${NOW_S} - n, 1, '{}' from generate_series(${from}, ${from + count - 1}) as n`;

describe('statistics of the planner', () => {
  let postgres: TestPostgres;
  let pool: Pool;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await prepareSchema(postgres.url, { nowSeconds: NOW_S, withoutIndexes: false });
    pool = openTestPool(postgres.url);
  });

  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
  });

  /** Rows are counted when the session that wrote them reports to the statistics. */
  async function write(from: number, count: number): Promise<void> {
    const client = await pool.connect();
    await client.query(fill(from, count));
    await client.query('select pg_stat_force_next_flush()');
    client.release();
  }

  const rowsKnown = async (): Promise<number | undefined> =>
    (await pool.query<{ reltuples: number }>("select reltuples from pg_class where oid = 'event'::regclass"))
      .rows[0]?.reltuples;

  it('are left alone while the tables are nearly empty', async () => {
    await write(0, 400);
    expect(await refreshStatistics(pool)).toBe(false);
  });

  it('are refreshed for the whole table once it has grown, and not again before it has doubled', async () => {
    await write(400, 1_600);
    expect(await refreshStatistics(pool)).toBe(true);
    expect(await rowsKnown()).toBe(2_000);
    await write(2_000, 1_000);
    expect(await refreshStatistics(pool)).toBe(false);
    await write(3_000, 2_000);
    expect(await refreshStatistics(pool)).toBe(true);
  });
});
