import { randomBytes } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PerMessageDeflateOptions, type WebSocket, WebSocketServer } from 'ws';
import { noDeflateCounts } from '../../../src/base/deflate-message.ts';
import { deflateMaskedFrame, encodeMaskedTextFrame } from '../../../src/base/websocket-frame.ts';
import type { Connection, Transport } from '../../../src/wire/connection.ts';
import { openConnection } from '../../../src/wire/open-connection.ts';
import { nothingReceived } from '../../../src/wire/received-bytes.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const EXTENSIONS = 'Sec-WebSocket-Extensions';

/**
 * A server of `ws`, which compresses in its own way.
 * @param onClient gets each client, and the lines of the answer to its upgrade
 * @param accepted what the answer says in place of what was agreed
 */
async function serve(
  perMessageDeflate: PerMessageDeflateOptions | false,
  onClient: (client: WebSocket, headers: string[]) => void = () => undefined,
  accepted?: string,
): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
  let answer: string[] = [];
  server.on('headers', (headers) => {
    const at = headers.findIndex((line) => line.startsWith(EXTENSIONS));
    if (accepted !== undefined) headers[at] = `${EXTENSIONS}: ${accepted}`;
    answer = headers;
  });
  server.on('connection', (client) => onClient(client, answer));
  cleanUps.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Seen {
  readonly connection: Connection;
  readonly texts: string[];
  closeCode: number | null;
}

/** What a connection counts. */
function counting() {
  return { compression: noDeflateCounts(), received: nothingReceived() };
}

/** Opens a connection that offers compression, and waits until something is so. */
async function observe(
  transport: Transport,
  url: string,
  isDone: (seen: Seen) => boolean,
  { compression, received } = counting(),
): Promise<Seen> {
  const [texts, waiting]: [string[], (() => void)[]] = [[], []];
  const seen: Omit<Seen, 'connection'> = { texts, closeCode: null };
  const tell = (): void => {
    for (const each of waiting) each();
  };
  const opened = new Promise<Connection>((resolve, reject) => {
    const connection = openConnection(
      transport,
      { number: 1, url, timeoutMs: 2_000, compression, received },
      {
        onOpen: resolve,
        onFailed: (_, reason) => reject(new Error(reason)),
        onClosed: (_, code) => {
          seen.closeCode = code;
          tell();
        },
        onText: (_, frame) => {
          texts.push(frame.toString());
          tell();
        },
        onBinary: () => {
          texts.push('binary');
          tell();
        },
        onDrain: () => undefined,
      },
    );
    cleanUps.push(() => connection.terminate());
  });
  const connection = await opened;
  const all = Object.assign(seen, { connection });
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (isDone(all)) resolve();
    };
    waiting.push(look);
    look();
  });
  return all;
}

const TOO_LARGE = 'x'.repeat(3 * 1024 * 1024);
/** Continuations without a payload. */
const ENDLESS = Buffer.concat([Buffer.from([0x01, 0]), Buffer.alloc(2 * 16_384)]);
const NOT_DEFLATED = Buffer.from([0xc1, 4, 0xff, 0xff, 0xff, 0xff]);

/** What `ws` itself reads and writes. */
function socketOf(client: WebSocket): Socket {
  return (client as unknown as { readonly _socket: Socket })._socket;
}

/** Texts of which later ones repeat earlier ones, in all more than a window of 32 KiB. */
const TEXTS = Array.from(
  { length: 200 },
  (_, i) => `["NOTICE","${'repeated '.repeat(20)}${i}${randomBytes(100).toString('hex')}"]`,
);

describe.each(['raw', 'ws'] as const)('transport %s', (transport) => {
  it.each([
    ['refers to its earlier messages', {}],
    ['has a small window', { serverMaxWindowBits: 9 }],
    ['takes nothing over', { serverNoContextTakeover: true }],
  ])('reads what a server sends that %s, and counts it', async (_, options) => {
    const url = await serve({ threshold: 0, ...options }, (client) => {
      for (const text of TEXTS) client.send(text);
    });
    const counted = counting();
    const { texts, connection } = await observe(
      transport,
      url,
      (seen) => seen.texts.length === TEXTS.length,
      counted,
    );
    const { compression: counts } = counted;
    expect(texts).toEqual(TEXTS);
    expect(connection.isCompressed).toBe(true);
    expect(counts.inflated).toBe(TEXTS.length);
    expect(counts.inflatedAfter_bytes).toBe(Buffer.byteLength(TEXTS.join('')));
    expect(counts.inflatedBefore_bytes).toBeLessThan(counts.inflatedAfter_bytes);
  });

  it.each([
    ['a binary message', true, 'x'.repeat(1_000)],
    ['text that is not UTF-8', false, Buffer.alloc(1_000, 0xff)],
  ])('counts %s as it was on the wire', async (_, binary, message) => {
    const url = await serve({ threshold: 0 }, (client) => client.send(message, { binary }));
    const counted = counting();
    await observe(transport, url, ({ texts, closeCode }) => texts.length + (closeCode ?? 0) > 0, counted);
    const { compression: counts, received } = counted;
    expect(counts).toMatchObject({ inflated: 1, inflatedAfter_bytes: 1_000 });
    expect(received.messages).toBe(counts.inflatedBefore_bytes);
    expect(received.read).toBeGreaterThan(received.messages);
  });

  it('inflates and counts no message that comes after it was closed', async () => {
    let hasEnded = false;
    const url = await serve({ threshold: 0 }, (client) => {
      // Before the server itself reads the close frame.
      socketOf(client).prependOnceListener('data', () => client.send('too late '.repeat(20)));
      client.on('close', () => {
        hasEnded = true;
      });
    });
    const counted = counting();
    const { connection, texts } = await observe(transport, url, () => true, counted);
    connection.close();
    await vi.waitUntil(() => hasEnded, 5_000);
    const { compression, received } = counted;
    expect([texts, compression.inflated, received.messages]).toEqual([[], 0, 0]);
  });

  it('reads a message in fragments and messages that are not compressed', async () => {
    const url = await serve({ threshold: 0 }, (client) => {
      client.send('one of ', { fin: false });
      client.send('several', { fin: true });
      client.send('plain', { compress: false });
    });
    const { texts } = await observe(transport, url, (seen) => seen.texts.length === 2);
    expect(texts).toEqual(['one of several', 'plain']);
  });

  it('sends frames that the server inflates, none of which refers to another', async () => {
    const heard: string[] = [];
    let accepted = '';
    const url = await serve({}, (client, headers) => {
      accepted = headers.find((line) => line.startsWith(EXTENSIONS)) ?? '';
      client.on('message', (data) => {
        heard.push(String(data));
        if (heard.length === 3) client.send('heard');
      });
    });
    await observe(transport, url, ({ connection, texts }) => {
      if (connection.takesDeflated && texts.length === 0 && heard.length === 0) {
        const frame = encodeMaskedTextFrame('again and again and again and again', 7);
        const deflated = deflateMaskedFrame(frame) as Buffer;
        connection.write(Buffer.concat([deflated, frame, deflated]));
      }
      return texts.length === 1;
    });
    expect(heard).toEqual(Array(3).fill('again and again and again and again'));
    expect(accepted).toContain('client_no_context_takeover');
  });

  it.each([
    'permessage-deflate, permessage-deflate',
    'permessage-deflate; server_max_window_bits=015',
    'permessage-deflate; server_max_window_bits',
    'x-other',
  ])('opens no connection to a server that accepts %s', async (accepted) => {
    const url = await serve({}, undefined, accepted);
    await expect(observe(transport, url, () => true)).rejects.toThrow(/^extension that was not offered$/);
  });

  it('goes on uncompressed where the server does not compress', async () => {
    const url = await serve(false, (client) => client.send('plain'));
    const { connection, texts } = await observe(transport, url, (seen) => seen.texts.length === 1);
    expect(texts).toEqual(['plain']);
    expect([connection.isCompressed, connection.takesDeflated]).toEqual([false, false]);
  });

  it('sends nothing compressed to a server whose window is smaller than that of its frames', async () => {
    const { connection } = await observe(transport, await serve({ clientMaxWindowBits: 10 }), () => true);
    expect([connection.isCompressed, connection.takesDeflated]).toEqual([true, false]);
  });

  it.each([
    [1_009, 'message is too large once it is inflated', (client: WebSocket) => client.send(TOO_LARGE)],
    [1_007, 'compressed message is none', (client: WebSocket) => socketOf(client).write(NOT_DEFLATED)],
    [1_008, 'message never ends', (client: WebSocket) => socketOf(client).write(ENDLESS)],
  ])('closes with %d, and tells so, a server whose %s', async (code, _, send) => {
    const told: number[] = [];
    const url = await serve({ threshold: 0 }, (client) => {
      client.on('close', (closeCode) => told.push(closeCode));
      send(client);
    });
    const { closeCode, texts } = await observe(transport, url, (seen) => seen.closeCode !== null);
    await vi.waitUntil(() => told.length > 0, 5_000);
    expect([closeCode, texts, told]).toEqual([code, [], [code]]);
  });
});
