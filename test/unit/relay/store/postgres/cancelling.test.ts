import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Pool, Query } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { askCancellably } from '../../../../../src/relay/store/postgres/cancelling.ts';
import { CANCELLED } from '../../../../../src/relay/work/lane.ts';
import { Work } from '../../../../../src/relay/work/work.ts';
import { settled, someLane } from '../../../../support/relay-work.ts';

type Done = (error: unknown, result?: { rows: unknown[][] }) => void;

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A server that hears what it is sent, and a pool of one connection whose statement ends when the test says so. */
async function setUp() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  cleanUps.push(() => void server.close());
  await once(server, 'listening');
  const state: { done: Done | null; isDestroyed: boolean | null } = { done: null, isDestroyed: null };
  const client = {
    ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    ...{ processID: 4_242, secretKey: -7 },
    query: (_query: unknown, done: Done) => {
      state.done = done;
    },
    release: (isDestroyed: boolean) => {
      state.isDestroyed = isDestroyed;
    },
  };
  const pool = { connect: async () => client } as unknown as Pool;
  const work = new Work(someLane());
  const asked = askCancellably(pool, new Query({ text: 'select 1' }), work);
  await settled();
  return { server, state, work, asked };
}

describe('a statement that nobody waits for any more', () => {
  it('is cancelled on the server, and its connection is not used again', async () => {
    const { server, state, work, asked } = await setUp();
    const connected = once(server, 'connection') as Promise<[Socket]>;
    work.cancel();
    const [socket] = await connected;
    const [request] = (await once(socket, 'data')) as [Buffer];
    const words = [0, 4, 8, 12].map((at) => request.readInt32BE(at));
    expect(words).toEqual([16, 80_877_102, 4_242, -7]);
    state.done?.(new Error('canceling statement due to user request'));
    await expect(asked).rejects.toBe(CANCELLED);
    expect(state.isDestroyed).toBe(true);
  });

  it('is left alone where it ends by itself at once', async () => {
    const { state, work, asked } = await setUp();
    work.cancel();
    state.done?.(null, { rows: [[1]] });
    expect(await asked).toEqual([[1]]);
    expect(state.isDestroyed).toBe(false);
  });

  it('fails as it did before where somebody waits for it', async () => {
    const { state, asked } = await setUp();
    state.done?.(new Error('broken'));
    await expect(asked).rejects.toThrow('broken');
    expect(state.isDestroyed).toBe(true);
  });
});
