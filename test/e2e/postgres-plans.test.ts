import { hash } from 'node:crypto';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Filter } from '../../src/nostr/filter.ts';
import { eventsStatement } from '../../src/relay/store/postgres/events-sql.ts';
import { fewAuthorsStatement } from '../../src/relay/store/postgres/few-authors.ts';
import { countStatement, listStatement } from '../../src/relay/store/postgres/filter-sql.ts';
import { PostgresStore } from '../../src/relay/store/postgres/postgres-store.ts';
import { explain, type PlanNode } from '../support/explain.ts';
import { fillMonths } from '../support/fill-months.ts';
import { startTestPostgres, type TestPostgres, withClient } from '../support/postgres.ts';

const JANUARY = Date.UTC(2026, 0, 1) / 1_000;
const APRIL = Date.UTC(2026, 3, 1) / 1_000;
const AUTHOR = '00'.repeat(31);
const asking = { nowSeconds: APRIL, reader: undefined };

/** 30,000 events of 0.8 KB in three months, by 100 authors, one in ten of kind 7, each with one tag. */
const FILL = `
insert into event (id, pubkey, created_at, kind, json)
select sha256(n::text::bytea), decode('${AUTHOR}' || lpad(to_hex(n % 100), 2, '0'), 'hex'),
  ${JANUARY} + n * 259, case when n % 10 = 0 then 7 else 1 end, '{"n":' || n || ',"content":"' || repeat('x', 800) || '"}'
from generate_series(0, 29999) as n;
insert into tag (tag, created_at, kind, id)
select decode('7400', 'hex') || id, created_at, kind, id from event;
vacuum analyze event; vacuum analyze tag`;

describe('plans of queries', () => {
  let postgres: TestPostgres;

  async function plan(work: (client: Client) => Promise<PlanNode[]>): Promise<PlanNode[]> {
    return await withClient(postgres.url, work);
  }

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await fillMonths(postgres.url, { from: JANUARY, to: APRIL - 1, statements: FILL });
  });

  afterAll(() => postgres.stop());

  it.each<[string, Filter]>([
    ['kinds and time', { kinds: [1], since: JANUARY, until: JANUARY + 86_400 }],
    ['an author and time', { authors: [`${AUTHOR}05`], since: JANUARY, until: JANUARY + 86_400 }],
    ['time alone', { since: JANUARY, until: JANUARY + 86_400 }],
  ])('look at one month only where %s asks for no other', async (_, filter) => {
    const { since = 0, until = 0 } = filter;
    const nodes = await plan((client) =>
      explain(client, eventsStatement(filter, 500, { since, until }, { ...asking, nowSeconds: 0 })),
    );
    // Conditions on what has expired look at the small index of that in every month.
    const months = nodes
      .filter(
        (node) =>
          !(node['Index Name'] ?? '').includes('expires_at') && node['Alias']?.startsWith('x_') !== true,
      )
      .flatMap((node) => node['Relation Name']?.match(/^event_(?:\d+_\d+|default)$/)?.[0] ?? []);
    expect(new Set(months)).toEqual(new Set(['event_2026_01']));
  });

  it.each<[string, Filter]>([
    ['alone', {}],
    ['with kinds, authors and time', { kinds: [1], authors: [`${AUTHOR}05`], since: 0, until: APRIL }],
  ])('look ids up by their key, %s, however few events the planner expects of the rest', async (_, rest) => {
    const ids = Array.from({ length: 50 }, (__, n) => hash('sha256', String(n)));
    const window = { since: rest.since ?? -(2 ** 53), until: rest.until ?? 2 ** 53 };
    const nodes = await plan((client) =>
      explain(client, eventsStatement({ ids, ...rest }, 500, window, asking)),
    );
    const indexes = nodes.flatMap((node) => node['Index Name'] ?? []);
    expect(indexes.length).toBeGreaterThan(0);
    expect(indexes.filter((index) => !index.endsWith('_pkey'))).toEqual([]);
  });

  it.each<[string, Filter]>([
    ['an author and a kind', { authors: [`${AUTHOR}05`], kinds: [1] }],
    ['a kind', { kinds: [7] }],
    ['time', { since: JANUARY + 86_400, until: JANUARY + 10 * 86_400 }],
  ])('count the events of %s from an index alone', async (_, filter) => {
    const nodes = await plan((client) => explain(client, countStatement([filter], asking)));
    const reads = nodes.filter((node) => /^event_2026/.test(node['Relation Name'] ?? ''));
    expect(reads.length).toBeGreaterThan(0);
    for (const read of reads) {
      expect(read['Node Type']).toBe('Index Only Scan');
      expect(read['Heap Fetches']).toBe(0);
    }
  });

  it.each<[string, Filter]>([
    ['two authors', { authors: [`${AUTHOR}05`, `${AUTHOR}0a`] }],
    ['several kinds of an author', { authors: [`${AUTHOR}05`], kinds: [1, 7] }],
  ])(
    'read what %s have written from the index of authors alone, before the events themselves',
    async (_, filter) => {
      const nodes = await plan((client) => explain(client, fewAuthorsStatement(filter, 100, asking)));
      const reads = nodes.filter((node) => node['Relation Name']?.startsWith('event_2026') === true);
      const keys = reads.filter(
        (node) => node['Node Type'] === 'Index Only Scan' && node.Alias?.startsWith('x_') !== true,
      );
      expect(keys.length).toBeGreaterThan(0);
      for (const { 'Index Name': index } of keys) expect(index).toMatch(/_pubkey_kind_/);
      expect(reads.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    },
  );

  it('list for a reconciliation from an index alone', async () => {
    const nodes = await plan((client) => explain(client, listStatement({ kinds: [1] }, 100_000, asking)));
    const reads = nodes.filter((node) => /^event_2026/.test(node['Relation Name'] ?? ''));
    expect(new Set(reads.map((read) => read['Node Type']))).toEqual(new Set(['Index Only Scan']));
  });

  // Last, because a store makes partitions of its own.
  it('find the newest events of few authors, whether they have written little or too much for one look', async () => {
    const store = new PostgresStore({
      ...{ url: postgres.url, replicaUrls: [], nowSeconds: () => APRIL },
      log: (text) => {
        throw new Error(text);
      },
    });
    await store.open();
    try {
      for (const authors of [[`${AUTHOR}05`], [`${AUTHOR}05`, `${AUTHOR}06`]]) {
        for (const rest of [{}, { until: APRIL - 40 * 86_400 }, { kinds: [1, 7], since: JANUARY + 86_400 }]) {
          const events = await store.query([{ authors, ...rest, limit: 100 }]);
          expect(events.map(({ id }) => id)).toEqual(await newest(authors, rest));
        }
      }
    } finally {
      await store.close();
    }
  });

  /** The same without any index or window. */
  async function newest(authors: readonly string[], { since = 0, until = APRIL }: Filter): Promise<string[]> {
    const { rows } = await withClient(postgres.url, (client) =>
      client.query<{ id: string }>(
        `select encode(id, 'hex') as id from event where encode(pubkey, 'hex') = any ($1::text[])
         and created_at between $2 and $3 order by created_at desc, id limit 100`,
        [authors, since, until],
      ),
    );
    return rows.map(({ id }) => id);
  }
});
