import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/relay/store/postgres/migrate.ts';
import { measureEffects } from '../../src/stack/explain/effects.ts';
import type { Ask } from '../../src/stack/postgres/client.ts';
import { eventually, eventuallyPasses } from '../support/eventually.ts';
import { fillMonths } from '../support/fill-months.ts';
import { startTestPostgres, type TestPostgres, withClient } from '../support/postgres.ts';

const JANUARY = Date.UTC(2026, 0, 1) / 1_000;
const APRIL = Date.UTC(2026, 3, 1) / 1_000;

/** 20,000 events of three months, by 100 authors, one in ten of kind 7, each with one of 200 tags. */
const FILL = `
insert into event (id, pubkey, created_at, kind, json)
select sha256(n::text::bytea), sha256((n % 100)::text::bytea), ${JANUARY} + n * 388,
  case when n % 10 = 0 then 7 else 1 end, '{"content":"' || repeat('x', 300) || '"}'
from generate_series(0, 19999) as n;
insert into tag (tag, created_at, kind, id) select decode('7400', 'hex') || int4send(kind % 200), created_at, kind, id
from event`;

describe('what indexes and partitions are worth', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await fillMonths(postgres.url, { from: JANUARY, to: APRIL - 1, statements: FILL });
  });

  afterAll(() => postgres.stop());

  /** A connection, as the stack asks its Postgres. */
  const asking = (client: Client): Ask => {
    return async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows;
  };

  /** Temporary tables that exist, of whatever connection. */
  const scratchTables = (): Promise<number> =>
    withClient(postgres.url, async (client) => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from pg_class where relname like 'scratch%'`,
      );
      return rows[0]?.n ?? Number.NaN;
    });

  test('is measured on a copy: without indexes far more pages are read', async () => {
    const report = await withClient(postgres.url, (client) => measureEffects(asking(client), 15_000));
    expect(report).toMatchObject({ events: 15_000, questions: 15 });
    expect(report.shapes).toHaveLength(8);
    for (const { shape, asStored, withoutIndexes, withoutPartitions } of report.shapes) {
      for (const cost of [asStored, withoutIndexes, withoutPartitions]) {
        expect(cost.p50_ms, shape).toBeGreaterThan(0);
        expect(cost.pages, shape).toBeGreaterThan(0);
      }
    }
    const pagesOf = (name: string) => report.shapes.find(({ shape }) => shape === name);
    for (const shape of ['kind, newest 100', 'count of an author and kind']) {
      const pages = pagesOf(shape);
      expect(pages?.withoutIndexes.pages).toBeGreaterThan(5 * (pages?.asStored.pages ?? Number.NaN));
    }
  });

  test('leaves nothing behind when its connection is cut off in the middle', async () => {
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    const measured = measureEffects(asking(client), 15_000).then(
      () => 'measured',
      () => 'cut off',
    );
    await eventually('a copy', async () => (await scratchTables()) > 0, { everyMs: 20, looks: 1_000 });
    // As when the process is killed: no farewell.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect(await measured).toBe('cut off');
    await eventuallyPasses(async () => expect(await scratchTables()).toBe(0));
  });

  test('is not measured where too little is stored', async () => {
    const url = await postgres.createDatabase();
    await withClient(url, async (client) => {
      await migrate(client);
      await expect(measureEffects(asking(client), 15_000)).rejects.toMatchObject({
        code: 'STACK_TOO_FEW_EVENTS',
        exitCode: 3,
      });
    });
  });
});
