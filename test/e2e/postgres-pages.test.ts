import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresStore } from '../../src/relay/store/postgres/postgres-store.ts';
import type { AnswerPage, LimitedFilter } from '../../src/relay/store/store.ts';
import { CANCELLED } from '../../src/relay/work/lane.ts';
import { Work } from '../../src/relay/work/work.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { someLane } from '../support/relay-work.ts';
import { someStored } from '../support/stored-event.ts';

const NOW = 10_000_000;
const EVENTS = 400;
const CONTENT_LENGTH = 30_000;
/** A page, and the rows that were asked for before it was known how long they are. */
const PAGE_BYTES_MAX = 1_024 * 1_024 + 33 * (CONTENT_LENGTH + 1_000);

describe('answers of the Postgres store', () => {
  let postgres: TestPostgres;
  let store: PostgresStore;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    store = new PostgresStore({
      url: postgres.url,
      replicaUrls: [],
      nowSeconds: () => NOW,
      log: (text) => {
        throw new Error(text);
      },
    });
    await store.open();
    // Several in each second, so that pages end within one.
    const events = Array.from({ length: EVENTS }, (_, i) =>
      someStored({
        kind: 1,
        created_at: NOW - 1_000 - Math.floor(i / 7),
        content: `fox ${'x'.repeat(CONTENT_LENGTH)}`,
        tags: [['t', `${i % 3}`], ['g', 'all'], ...(i === 5 ? [['r', 'rare']] : [])],
      }),
    );
    await Promise.all(events.map((event) => store.add(event)));
  });

  afterAll(async () => {
    await store.close();
    await postgres.stop();
  });

  async function pagesOf(...filters: readonly LimitedFilter[]): Promise<AnswerPage[]> {
    const pages: AnswerPage[] = [];
    for await (const page of store.pages(filters)) pages.push(page);
    return pages;
  }

  const idsOf = (pages: readonly AnswerPage[]): string[] =>
    pages.flatMap(({ events }) => events.map(({ id }) => id));

  it.each<[string, LimitedFilter]>([
    ['a walk', { kinds: [1], limit: 5_000 }],
    ['everything', { limit: 5_000 }],
    ['few authors', { authors: ['a'.repeat(64), 'b'.repeat(64)], limit: 5_000 }],
    ['several tags', { '#t': ['0', '1', '2'], limit: 5_000 }],
    ['a search', { search: 'fox', limit: 5_000 }],
  ])('come in pages that are bounded in bytes, each event once: %s', async (_name, filter) => {
    const pages = await pagesOf(filter);
    expect(pages.length).toBeGreaterThan(5);
    for (const { events, heldBytes } of pages) {
      expect(events.reduce((bytes, { json }) => bytes + json.length, 0)).toBeLessThan(PAGE_BYTES_MAX);
      expect(heldBytes).toBeLessThan(PAGE_BYTES_MAX);
    }
    const ids = idsOf(pages);
    expect([ids.length, new Set(ids).size]).toEqual([EVENTS, EVENTS]);
    const times = pages.flatMap(({ events }) => events.map(({ created_at }) => created_at));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('to overlapping filters have each event once, and hold a page of each at most', async () => {
    const filters = Array.from({ length: 20 }, (_, i) => ({ kinds: [1], since: i, limit: 5_000 - i }));
    const pages = await pagesOf(...filters);
    expect(new Set(idsOf(pages)).size).toBe(EVENTS);
    expect(idsOf(pages).length).toBe(EVENTS);
    const most = Math.max(...pages.map(({ heldBytes }) => heldBytes));
    expect(most).toBeLessThan(20 * 33 * (CONTENT_LENGTH + 1_000) + 1_024 * 1_024);
  });

  it('obey a limit that falls within a page', async () => {
    const all = idsOf(await pagesOf({ kinds: [1], limit: 5_000 }));
    expect(idsOf(await pagesOf({ kinds: [1], limit: 71 }))).toEqual(all.slice(0, 71));
    expect(idsOf(await pagesOf({ kinds: [1], limit: 7 }, { kinds: [1], limit: 30 }))).toEqual(
      all.slice(0, 30),
    );
  });

  it('are not read on once nobody waits for them', async () => {
    const work = new Work(someLane());
    const pages = store.pages([{ kinds: [1], limit: 5_000 }], undefined, work);
    await pages.next();
    work.cancel();
    await expect(pages.next()).rejects.toBe(CANCELLED);
  });

  it('are found by the rarest of several tags, and at once where one of them is nowhere', async () => {
    const tags = { '#g': ['all'], '#t': ['0', '1', '2'], '#r': ['rare'] };
    expect((await pagesOf({ ...tags, limit: 10 })).flatMap(({ events }) => events)).toHaveLength(1);
    expect(await pagesOf({ ...tags, '#n': ['nowhere'], limit: 10 })).toEqual([]);
    expect([await store.count([tags]), await store.count([{ ...tags, '#n': ['nowhere'] }])]).toEqual([1, 0]);
    expect((await store.list(tags, 10))?.length).toBe(1);
  });

  it('with conditions on ten letters are given', async () => {
    const letters = Object.fromEntries([...'abcdhijkgt'].map((letter) => [`#${letter}`, ['all', '0']]));
    expect(await pagesOf({ ...letters, limit: 10 })).toEqual([]);
  });
});
