import { createServer, type Socket } from 'node:net';
import type { PoolClient } from 'pg';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  openReadPool,
  openWritePool,
  withPatientClient,
} from '../../../../../src/relay/store/postgres/pools.ts';
import { eventuallyPasses } from '../../../../support/eventually.ts';

/** Authentication has succeeded, and the server waits for a query. */
const READY = Buffer.from('5200000008000000005a0000000549', 'hex');

/** A Postgres that lets everybody in, answers nothing, and can end all connections. */
async function silentPostgres(): Promise<{ readonly url: string; cut(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(READY));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `postgres://relay@127.0.0.1:${port}/nostr`, cut };
}

const unheard: unknown[] = [];
const hear = (error: unknown): void => void unheard.push(error);
process.on('uncaughtException', hear);
afterEach(() => expect(unheard.splice(0)).toEqual([]));

describe.each([
  ['writes', (url: string, onError: (error: Error) => void) => openWritePool(url, onError)],
  [
    'reads',
    (url: string, onError: (error: Error) => void) =>
      openReadPool(url, { max: 2, queryDeadlineS: 5 }, onError),
  ],
])('a connection that %s', (_name, open) => {
  /** A client of the pool, and its server. */
  async function lend(): Promise<{ client: PoolClient; cut: () => void; errors: Error[] }> {
    const { url, cut } = await silentPostgres();
    const errors: Error[] = [];
    const pool = open(url, (error) => errors.push(error));
    const client = await pool.connect();
    onTestFinished(() => void pool.end());
    return { client, cut, errors };
  }

  it('may break while it is lent out and asked nothing: the next statement tells', async () => {
    const { client, cut } = await lend();
    const ended = new Promise((resolve) => client.once('end', resolve));
    cut();
    await ended;
    await expect(client.query('select 1')).rejects.toThrow(/not queryable|Connection terminated/);
    client.release(true);
  });

  it('may break while a statement is on its way: the statement tells', async () => {
    const { client, cut } = await lend();
    const asked = client.query('select 1');
    cut();
    await expect(asked).rejects.toThrow(/ECONNRESET|Connection terminated/);
    client.release(true);
  });

  it('may break while nobody uses it: the pool tells', async () => {
    const { client, cut, errors } = await lend();
    client.release();
    cut();
    await eventuallyPasses(() => expect(errors.length).toBe(1));
  });
});

describe('a connection of its own', () => {
  it('may break at any time: who uses it is told', async () => {
    const { url, cut } = await silentPostgres();
    const work = withPatientClient(url, async (client) => {
      const ended = new Promise((resolve) => client.once('end', resolve));
      cut();
      await ended;
      await client.query('select 1');
    });
    await expect(work).rejects.toThrow(/not queryable|Connection terminated/);
  });
});
