import { describe, expect, it } from 'vitest';
import { profilePage } from '../../../../src/relay/http/profile-page.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { someEvent, stored } from '../../../support/stored-event.ts';

const AUTHOR = 'a'.repeat(64);

async function setUp(...fields: Parameters<typeof someEvent>[0][]) {
  const store = new MemoryStore({ limitBytes: 1e9, nowSeconds: () => 1_000 });
  const add = async (some: Parameters<typeof someEvent>[0]) => {
    const event = someEvent(some);
    await store.add(stored(event));
    return event;
  };
  const events = [];
  for (const some of fields) events.push(await add(some));
  const get = (path: string, ifNoneMatch?: string) =>
    profilePage(path, ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }, {
      store,
      onQuery: () => undefined,
    });
  return { get, add, events };
}

describe('the page of a key and a kind', () => {
  it('is the newest version, not to be served again without asking', async () => {
    const { get, events } = await setUp({ kind: 0, created_at: 5 }, { kind: 0, created_at: 6 });
    const { status, headers, body } = await get(`/p/${AUTHOR}/0`);
    expect([status, headers]).toEqual([
      200,
      {
        'content-type': 'application/json',
        etag: `"${events[1]?.id}"`,
        'cache-control': 'public, no-cache',
        'surrogate-key': `${events[1]?.id} ${AUTHOR} ${AUTHOR}/0`,
      },
    ]);
    expect(JSON.parse(body)).toEqual(events[1]);
  });

  it('is sent again only once there is a newer version', async () => {
    const { get, add, events } = await setUp({ kind: 10_002, created_at: 5 });
    const etag = `"${events[0]?.id}"`;
    expect((await get(`/p/${AUTHOR}/10002`, etag)).status).toBe(304);
    await add({ kind: 10_002, created_at: 6 });
    expect((await get(`/p/${AUTHOR}/10002`, etag)).status).toBe(200);
  });

  it('is gone when the event is deleted', async () => {
    const { get, add, events } = await setUp({ kind: 3 });
    await add({ kind: 5, tags: [['e', events[0]?.id ?? '']] });
    expect((await get(`/p/${AUTHOR}/3`)).status).toBe(404);
  });

  it('does not exist for a protected event', async () => {
    const { get } = await setUp({ kind: 0, tags: [['-']] });
    expect((await get(`/p/${AUTHOR}/0`)).status).toBe(404);
  });

  it.each([
    `/p/${AUTHOR}`,
    `/p/${AUTHOR}/`,
    `/p/${AUTHOR}/1`,
    `/p/${AUTHOR}/30023`,
    `/p/${AUTHOR}/00`,
    `/p/${AUTHOR}/99999`,
    `/p/${AUTHOR}/0/x`,
    '/p/abc/0',
  ])('does not exist at %s', async (path) => {
    const { get } = await setUp({ kind: 0 }, { kind: 1 }, { kind: 30_023 });
    expect(await get(path)).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
  });
});
