import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { encodeMaskedTextFrame } from '../../../src/base/websocket-frame.ts';
import type { Connection, Transport } from '../../../src/wire/connection.ts';
import { openConnection, transportFor } from '../../../src/wire/open-connection.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A WebSocket server; `onClient` gets each client. */
async function serve(onClient: (client: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', onClient);
  cleanUps.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/path?q=1`;
}

/** A TCP server that answers each connection with these bytes. */
async function answerWith(text: string | ((socket: Socket) => void)): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (typeof text === 'string' ? socket.write(text) : text(socket)));
    cleanUps.push(() => socket.destroy());
  });
  cleanUps.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Open a connection and collect what happens until `isDone`. */
async function observe(
  transport: Transport,
  url: string,
  {
    isDone,
    onOpen,
  }: { isDone: (calls: readonly unknown[][]) => boolean; onOpen?: (connection: Connection) => void },
): Promise<unknown[][]> {
  const calls: unknown[][] = [];
  await new Promise<void>((resolve) => {
    const add = (...call: unknown[]): void => {
      calls.push(call);
      if (isDone(calls)) resolve();
    };
    const connection = openConnection(
      transport,
      { number: 1, url, timeoutMs: 500 },
      {
        onOpen: (opened) => {
          add('open');
          onOpen?.(opened);
        },
        onFailed: (_, reason, refusal) => add('failed', reason, ...(refusal === undefined ? [] : [refusal])),
        onClosed: (_, code) => add('closed', code),
        onText: (_, frame) => add('text', frame.toString()),
        onBinary: () => add('binary'),
        onDrain: () => add('drain'),
      },
    );
    cleanUps.push(() => connection.terminate());
  });
  return calls;
}

const atLeast = (count: number) => (calls: readonly unknown[][]) => calls.length >= count;

it('takes the raw transport for ws:// and the library for wss://', () => {
  expect([transportFor('ws://a'), transportFor('wss://a')]).toEqual(['raw', 'ws']);
});

describe.each(['raw', 'ws'] as const)('transport %s', (transport) => {
  it('sends the frames that it is given and receives what comes back', async () => {
    const url = await serve((client) => client.on('message', (data) => client.send(`echo ${data}`)));
    const calls = await observe(transport, url, {
      isDone: atLeast(3),
      onOpen: (connection) =>
        connection.write(
          Buffer.concat([encodeMaskedTextFrame('one', 1), encodeMaskedTextFrame('two', 2 ** 31)]),
        ),
    });
    expect(calls).toEqual([['open'], ['text', 'echo one'], ['text', 'echo two']]);
  });

  it('does not lose a message that comes in the segment of the upgrade response', async () => {
    const url = await serve((client) => client.send('at once'));
    expect(await observe(transport, url, { isDone: atLeast(2) })).toEqual([['open'], ['text', 'at once']]);
  });

  it('reports a binary message as such', async () => {
    const url = await serve((client) => client.send(Buffer.from([1, 2])));
    expect(await observe(transport, url, { isDone: atLeast(2) })).toEqual([['open'], ['binary']]);
  });

  it('answers pings', async () => {
    const url = await serve((client) => {
      client.on('pong', (data) => client.send(`pong ${data}`));
      client.ping('x1');
    });
    expect(await observe(transport, url, { isDone: atLeast(2) })).toEqual([['open'], ['text', 'pong x1']]);
  });

  it('reports the close code of the relay', async () => {
    const url = await serve((client) => client.close(4_000, 'go'));
    expect(await observe(transport, url, { isDone: atLeast(2) })).toEqual([['open'], ['closed', 4_000]]);
  });

  it('reports a connection that breaks as 1006', async () => {
    const url = await serve((client) => client.terminate());
    expect(await observe(transport, url, { isDone: atLeast(2) })).toEqual([['open'], ['closed', 1_006]]);
  });

  it('cuts a relay that sends a message over the limit', async () => {
    const url = await serve((client) => client.send('x'.repeat(1024 * 1024 + 1)));
    const calls = await observe(transport, url, { isDone: atLeast(2) });
    expect(calls[1]).toEqual(['closed', 1_009]);
  });

  it('refuses text that is not UTF-8 as a fault of the relay (RFC 6455 8.1)', async () => {
    const url = await serve((client) => {
      client.send('grüße');
      client.send(Buffer.from([0x5b, 0xff, 0x5d]), { binary: false });
      client.send('never read');
    });
    const calls = await observe(transport, url, { isDone: atLeast(3) });
    expect(calls).toEqual([['open'], ['text', 'grüße'], ['closed', 1_007]]);
  });

  it('receives a large message in many segments', async () => {
    const text = 'y'.repeat(900_000);
    const url = await serve((client) => client.send(text));
    expect(await observe(transport, url, { isDone: atLeast(2) })).toEqual([['open'], ['text', text]]);
  });

  it('reads nothing while it is paused, and all of it afterwards', async () => {
    let client: WebSocket | undefined;
    const url = await serve((opened) => {
      client = opened;
    });
    let connection: Connection | undefined;
    const calls = observe(transport, url, {
      isDone: (all) => all.length === 2,
      onOpen: (opened) => {
        connection = opened;
        opened.pause();
      },
    });
    await vi.waitUntil(() => connection !== undefined && client !== undefined);
    await new Promise((resolve) => client?.send('later', resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    let isOver = false;
    const ended = calls.finally(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    connection?.resume();
    expect(await ended).toEqual([['open'], ['text', 'later']]);
  });

  it('closes in the proper way', async () => {
    let code: Promise<number> | undefined;
    const url = await serve((client) => {
      code = new Promise((resolve) => client.on('close', resolve));
    });
    await observe(transport, url, {
      isDone: atLeast(1),
      onOpen: (connection) => setImmediate(() => connection.close()),
    });
    expect(await code).toBe(1_000);
  });

  it.each([
    [
      'an http error',
      'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\n\r\n',
      { status: 503, retryAfter: '30' },
    ],
    [
      'a redirect, which is not followed',
      'HTTP/1.1 301 Moved\r\nLocation: ws://127.0.0.1:1/\r\n\r\n',
      { status: 301, location: 'ws://127.0.0.1:1/' },
    ],
  ])('fails at %s, and tells what it said', async (_, answer, refusal) => {
    expect(await observe(transport, await answerWith(answer), { isDone: atLeast(1) })).toEqual([
      ['failed', `http ${refusal.status}`, refusal],
    ]);
  });

  it('fails when nobody answers in time', async () => {
    expect(await observe(transport, await answerWith(() => undefined), { isDone: atLeast(1) })).toEqual([
      ['failed', 'timeout'],
    ]);
  });

  it('fails when nobody listens', async () => {
    expect(await observe(transport, 'ws://127.0.0.1:1', { isDone: atLeast(1) })).toEqual([
      ['failed', 'ECONNREFUSED'],
    ]);
  });

  it('fails when the relay accepts with a wrong key', async () => {
    const answer =
      'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bad\r\n\r\n';
    const [call] = await observe(transport, await answerWith(answer), { isDone: atLeast(1) });
    expect(call?.[0]).toBe('failed');
    expect(String(call?.[1])).toMatch(/Sec-WebSocket-Accept/);
  });

  it('fails, within bounds, at an endless header', async () => {
    const url = await answerWith((socket) => {
      const line = `X: ${'h'.repeat(8_000)}\r\n`;
      socket.write(`HTTP/1.1 101 X\r\n${line.repeat(100)}`);
    });
    const [call] = await observe(transport, url, { isDone: atLeast(1) });
    expect(call?.[0]).toBe('failed');
  });
});
