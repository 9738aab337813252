import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { readAcknowledged, writeAcknowledged } from '../../../src/audit/acknowledged-file.ts';
import { type AuditRequest, audit } from '../../../src/audit/audit.ts';
import { eventuallyPasses } from '../../support/eventually.ts';
import { tempDir } from '../../support/temp-dir.ts';

const idOf = (n: number): string => n.toString(16).padStart(64, '0');
const IDS = Array.from({ length: 250 }, (_, n) => idOf(n));

async function fileOf(ids: readonly string[]): Promise<string> {
  const file = join(await tempDir(), 'acknowledged.bin');
  const writer = writeAcknowledged(file);
  for (const id of ids) writer.append(Buffer.from(id, 'hex'));
  expect(await writer.close()).toEqual({ count: ids.length, problem: null });
  return file;
}

interface Behaviour {
  /** Whether the relay has an event when it is asked for the n-th time. */
  readonly has: (id: string, asked: number) => boolean;
  readonly closes?: boolean;
  /** It returns at most so many events. */
  readonly maxLimit?: number;
  readonly onQuestion?: (ids: readonly string[]) => void;
  readonly onConnection?: (socket: WebSocket) => void;
}

/** A relay that has what `has` says. */
async function relay({
  has,
  closes = false,
  maxLimit,
  onQuestion,
  onConnection,
}: Behaviour): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  let asked = 0;
  server.on('connection', (socket) => {
    onConnection?.(socket);
    socket.on('message', (data) => {
      const [type, subscription, filter] = JSON.parse(String(data)) as [string, string, { ids: string[] }];
      if (type !== 'REQ') return;
      asked++;
      if (closes) {
        socket.send(JSON.stringify(['CLOSED', subscription, 'error: shutting down']));
        return;
      }
      onQuestion?.(filter.ids);
      for (const id of filter.ids.filter((each) => has(each, asked)).slice(0, maxLimit)) {
        const event = { id, pubkey: id, created_at: 1, kind: 1, tags: [], content: '', sig: id + id };
        socket.send(JSON.stringify(['EVENT', subscription, event]));
      }
      socket.send(JSON.stringify(['EOSE', subscription]));
    });
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return `ws://127.0.0.1:${address.port}/`;
}

describe('the file of acknowledged events', () => {
  test('gives its ids back in batches, in order', async () => {
    const batches: string[][] = [];
    for await (const ids of readAcknowledged(await fileOf(IDS), 100)) batches.push(ids);
    expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(batches.flat()).toEqual(IDS);
  });

  test('that is cut off or missing is refused', async () => {
    const file = join(await tempDir(), 'acknowledged.bin');
    await expect(readAcknowledged(file, 10).next()).rejects.toMatchObject({ code: 'AUDIT_FILE_INVALID' });
    await writeFile(file, Buffer.alloc(33));
    await expect(readAcknowledged(file, 10).next()).rejects.toThrow(/cut off/);
  });
});

/** Audits without long waits for a replica that is behind. */
const readBack = (request: Omit<AuditRequest, 'insecure' | 'retryAfterMs'>) =>
  audit({ ...request, insecure: false, retryAfterMs: [1, 2, 3] });

describe('reading acknowledged events back', () => {
  test('finds all where nothing is lost', async () => {
    const urls = [await relay({ has: () => true }), await relay({ has: () => true })];
    expect(await readBack({ file: await fileOf(IDS), urls })).toEqual({
      acknowledged: 250,
      found: 250,
      lost: [],
      relays: 2,
    });
  });

  test('finds all at a relay that returns at most 20 events and does not say so', async () => {
    const urls = [await relay({ has: () => true, maxLimit: 20 })];
    expect(await audit({ file: await fileOf(IDS), urls, insecure: false })).toMatchObject({
      found: 250,
      lost: [],
    });
  });

  test('asks for no more than the relay says that it returns', async () => {
    const sizes: number[] = [];
    const urls = [
      await relay({ has: () => true, maxLimit: 20, onQuestion: (ids) => sizes.push(ids.length) }),
    ];
    await audit({ file: await fileOf(IDS), urls, insecure: false, maxLimit: 20 });
    expect([Math.max(...sizes), sizes.length]).toEqual([20, 13]);
  });

  test('calls nothing lost before two questions for its one id have missed it', async () => {
    const gone = new Set([idOf(7), idOf(8)]);
    let alone = 0;
    // Event 7 is there for who asks for it alone a second time.
    const has = (id: string): boolean => !gone.has(id) || (id === idOf(7) && alone === 2);
    const onQuestion = (ids: readonly string[]): void => {
      if (ids.length === 1 && ids[0] === idOf(7)) alone++;
    };
    const urls = [await relay({ has, onQuestion })];
    expect(await readBack({ file: await fileOf(IDS), urls })).toMatchObject({
      found: 249,
      lost: [idOf(8)],
    });
  });

  test('names an event that one of several relays does not have', async () => {
    const lost = new Set([idOf(7), idOf(133)]);
    const urls = [await relay({ has: () => true }), await relay({ has: (id) => !lost.has(id) })];
    expect(await readBack({ file: await fileOf(IDS), urls })).toEqual({
      acknowledged: 250,
      found: 248,
      lost: [...lost],
      relays: 2,
    });
  });

  test('gives a replica that is behind the time to catch up', async () => {
    const urls = [await relay({ has: (id, asked) => id !== idOf(3) || asked > 2 })];
    const result = await readBack({ file: await fileOf(IDS.slice(0, 10)), urls });
    expect(result).toMatchObject({ found: 10, lost: [] });
  });

  test('a relay that refuses to answer is a failure, not a loss and not a success', async () => {
    const urls = [await relay({ has: () => true, closes: true })];
    await expect(readBack({ file: await fileOf(IDS), urls })).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
      exitCode: 3,
      message: expect.stringContaining('error: shutting down'),
    });
  });

  test('a relay that is gone is a failure', async () => {
    const urls = ['ws://127.0.0.1:1/'];
    await expect(readBack({ file: await fileOf(IDS), urls })).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
    });
  });

  test('closes the connections that it has opened where another one can not be opened', async () => {
    const sockets: WebSocket[] = [];
    const onConnection = (socket: WebSocket): void => void sockets.push(socket);
    const urls = [
      await relay({ has: () => true, onConnection }),
      'ws://127.0.0.1:1/',
      await relay({ has: () => true, onConnection }),
    ];
    await expect(readBack({ file: await fileOf(IDS), urls })).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    await eventuallyPasses(() =>
      expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.CLOSED, WebSocket.CLOSED]),
    );
  });

  test.each([
    ['answers', {}, 'resolves'],
    ['refuses to answer', { closes: true }, 'rejects'],
  ] as const)('closes its connection to a relay that %s', async (_, behaviour, ends) => {
    const sockets: WebSocket[] = [];
    const onConnection = (socket: WebSocket): void => void sockets.push(socket);
    const urls = [await relay({ has: () => true, onConnection, ...behaviour })];
    await expect(readBack({ file: await fileOf(IDS), urls }))[ends].toBeDefined();
    await eventuallyPasses(() =>
      expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.CLOSED]),
    );
  });

  test.each([
    ['breaks', (socket: WebSocket) => socket.terminate(), 'the connection was closed with 1006'],
    ['says goodbye', (socket: WebSocket) => socket.close(1001), 'the connection was closed with 1001'],
  ] as const)('tells of a connection that %s while it waits for an answer', async (_, end, message) => {
    const sockets: WebSocket[] = [];
    const onQuestion = (): void => sockets.forEach(end);
    const onConnection = (socket: WebSocket): void => void sockets.push(socket);
    const urls = [await relay({ has: () => false, onConnection, onQuestion })];
    await expect(readBack({ file: await fileOf(IDS), urls })).rejects.toMatchObject({
      code: 'AUDIT_FAILED',
      message: expect.stringContaining(message),
    });
  });
});

describe('the list of acknowledged events', () => {
  const ids = Buffer.alloc(32 * 2_048);

  test('that a full disk cuts off is told with its reason, and removed', async () => {
    const file = join(await tempDir(), 'acknowledged.bin');
    // Every write to it fails as on a full disk.
    await symlink('/dev/full', file);
    const writer = writeAcknowledged(file);
    for (let batch = 0; batch < 10; batch++) writer.append(ids);
    expect(await writer.close()).toEqual({
      count: null,
      problem: expect.stringMatching(/acknowledged\.bin could not be written: ENOSPC/),
    });
    expect(existsSync(file)).toBe(false);
  });

  test('that fails in the midst of a run takes no further memory and is told at its end', async () => {
    const file = join(await tempDir(), 'acknowledged.bin');
    await symlink('/dev/full', file);
    const writer = writeAcknowledged(file);
    writer.append(ids);
    await new Promise((resolve) => setTimeout(resolve, 50));
    writer.append(ids);
    expect((await writer.close()).problem).toContain('ENOSPC');
  });

  test('is given up where the disk is too slow for it, rather than kept in memory', async () => {
    const file = join(await tempDir(), 'acknowledged.bin');
    const writer = writeAcknowledged(file, 3 * ids.length);
    // Nothing is written before the loop gets its turn.
    for (let batch = 0; batch < 10; batch++) writer.append(ids);
    expect((await writer.close()).problem).toContain("can't keep up with the acknowledgements");
    expect(existsSync(file)).toBe(false);
  });

  test('of a directory that does not exist is told, not waited for', async () => {
    const writer = writeAcknowledged(join(await tempDir(), 'none', 'acknowledged.bin'));
    expect((await writer.close()).problem).toContain('ENOENT');
  });
});
