import { describe, expect, it } from 'vitest';
import { eventPage } from '../../../../src/relay/http/event-page.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { someEvent, stored } from '../../../support/stored-event.ts';

const MISSING = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'not found\n',
};

async function setUp(...fields: Parameters<typeof someEvent>[0][]) {
  const clock = { seconds: 1_000 };
  const store = new MemoryStore({ limitBytes: 1e9, nowSeconds: () => clock.seconds });
  const events = fields.map(someEvent);
  for (const event of events) await store.add(stored(event));
  const get = (id: string, ifNoneMatch?: string) =>
    eventPage(`/e/${id}`, ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }, {
      store,
      onQuery: () => undefined,
    });
  return { clock, store, get, id: events[0]?.id ?? '', event: events[0] };
}

describe('the page of an event', () => {
  it('is its JSON, not to be served again without asking', async () => {
    const { get, id, event } = await setUp({ content: 'ünïcode' });
    const { status, headers, body } = await get(id);
    expect([status, headers]).toEqual([
      200,
      {
        'content-type': 'application/json',
        etag: `"${id}"`,
        'cache-control': 'public, no-cache',
        'surrogate-key': `${id} ${event?.pubkey} ${event?.pubkey}/1`,
      },
    ]);
    expect(JSON.parse(body)).toEqual(event);
  });

  it.each([(id: string) => `"${id}"`, (id: string) => `"x", W/"${id}"`, () => '*'])(
    'is not sent again to who has it',
    async (header) => {
      const { get, id } = await setUp({});
      expect(await get(id, header(id))).toMatchObject({
        status: 304,
        body: '',
        headers: { etag: `"${id}"`, 'cache-control': 'public, no-cache' },
      });
    },
  );

  it('is sent to who has another one', async () => {
    const { get, id } = await setUp({});
    expect((await get(id, '"other"')).status).toBe(200);
  });

  it('is gone when the event expires, also for who has it', async () => {
    const { clock, get, id } = await setUp({ tags: [['expiration', '1060']] });
    expect((await get(id)).status).toBe(200);
    clock.seconds = 1_060;
    expect(await get(id, `"${id}"`)).toEqual(MISSING);
  });

  it('is gone when the event is deleted', async () => {
    const { store, get, id } = await setUp({});
    await store.add(stored(someEvent({ kind: 5, tags: [['e', id]] })));
    expect(await get(id, `"${id}"`)).toEqual(MISSING);
  });

  it('is gone when its author has vanished', async () => {
    const { store, get, id, event } = await setUp({});
    await store.vanish(event?.pubkey ?? '', 100);
    expect(await get(id)).toEqual(MISSING);
  });

  it.each([
    ['a gift wrap', { kind: 1_059, tags: [['p', 'a'.repeat(64)]] }],
    ['a protected event', { tags: [['-']] }],
  ])('does not exist for %s', async (_name, fields) => {
    const { get, id } = await setUp(fields);
    expect(await get(id)).toEqual(MISSING);
  });

  it.each(['', 'abc', 'A'.repeat(64), `${'a'.repeat(64)}/x`, '../metrics'])(
    'does not exist for the id %j',
    async (id) => {
      const { get } = await setUp({});
      expect(await get(id)).toEqual(MISSING);
    },
  );
});
