import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type NullRelay, startNullRelay } from '../../../../src/relay/null/server.ts';

const id = (n: number): string => n.toString(16).padStart(64, '0');
const sig = 'e'.repeat(128);

describe('the null relay', () => {
  let relay: NullRelay;
  const open: WebSocket[] = [];

  beforeEach(async () => {
    relay = await startNullRelay({ port: 0, stored: 2, fanOut: false });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    await relay.stop();
  });

  const client = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${relay.port}`, { perMessageDeflate: false });
    open.push(socket);
    await once(socket, 'open');
    return socket;
  };
  const messages = (socket: WebSocket, count: number): Promise<unknown[]> =>
    new Promise((resolve) => {
      const received: unknown[] = [];
      socket.on('message', (data) => {
        received.push(JSON.parse(data.toString()));
        if (received.length === count) resolve(received);
      });
    });

  it('acknowledges an event whose id comes first', async () => {
    const socket = await client();
    const replies = messages(socket, 1);
    socket.send(JSON.stringify(['EVENT', { id: id(1), content: 'a', sig }]));
    expect(await replies).toEqual([['OK', id(1), true, '']]);
  });

  it('finds ids in any key order, also when it changes between events', async () => {
    const socket = await client();
    const replies = messages(socket, 4);
    socket.send(JSON.stringify(['EVENT', { content: '"id":"no"', id: id(1), sig }]));
    socket.send(JSON.stringify(['EVENT', { id: id(2), sig }]));
    socket.send(JSON.stringify(['EVENT', { kind: 1, sig, id: id(3), content: 'x' }]));
    socket.send(`["EVENT", {"sig": "${sig}", "id" : "${id(4)}"}]`);
    expect(await replies).toEqual([1, 2, 3, 4].map((n) => ['OK', id(n), true, '']));
  });

  it('answers every event of a burst in order, however the bytes are cut', async () => {
    const socket = await client();
    const replies = messages(socket, 500);
    for (let n = 0; n < 500; n++) {
      socket.send(JSON.stringify(['EVENT', { content: 'x'.repeat(n * 3), id: id(n), sig }]));
    }
    expect(await replies).toEqual(Array.from({ length: 500 }, (_, n) => ['OK', id(n), true, '']));
  });

  it('acknowledges an event of more than 64 KiB', async () => {
    const socket = await client();
    const replies = messages(socket, 1);
    socket.send(JSON.stringify(['EVENT', { content: 'x'.repeat(100_000), id: id(7), sig }]));
    expect(await replies).toEqual([['OK', id(7), true, '']]);
  });

  it('answers a REQ with its stored events and EOSE, and a CLOSE with nothing', async () => {
    const socket = await client();
    const replies = messages(socket, 6);
    socket.send('["REQ","a\\"b",{"limit":2}]');
    socket.send('["CLOSE","a\\"b"]');
    socket.send('["REQ","second",{}]');
    const received = (await replies) as [string, string, unknown][];
    expect(received.map(([type, subscription]) => [type, subscription])).toEqual([
      ['EVENT', 'a"b'],
      ['EVENT', 'a"b'],
      ['EOSE', 'a"b'],
      ['EVENT', 'second'],
      ['EVENT', 'second'],
      ['EOSE', 'second'],
    ]);
  });

  it('answers pings and echoes a close', async () => {
    const socket = await client();
    socket.ping('are you there');
    const [payload] = await once(socket, 'pong');
    expect(String(payload)).toBe('are you there');
    socket.close(1000, 'done');
    const [code] = await once(socket, 'close');
    expect(code).toBe(1000);
  });

  it('serves its information document to a plain request', async () => {
    const response = await fetch(`http://127.0.0.1:${relay.port}`);
    expect(await response.json()).toMatchObject({ name: 'relay-bench null relay' });
  });

  it('drops a client that sends unmasked frames', async () => {
    const socket = connect(relay.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
    await once(socket, 'data');
    socket.write(Buffer.from([0x81, 0x02, 0x7b, 0x7d]));
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('speaks TLS where it has a certificate', async () => {
    const read = (name: string) => readFileSync(new URL(`../../../support/tls/${name}.pem`, import.meta.url));
    const secure = await startNullRelay({
      port: 0,
      stored: 0,
      fanOut: false,
      tls: { cert: read('cert'), key: read('key') },
    });
    try {
      const socket = new WebSocket(`wss://127.0.0.1:${secure.port}`, { rejectUnauthorized: false });
      open.push(socket);
      await once(socket, 'open');
      const replies = messages(socket, 1);
      socket.send(JSON.stringify(['EVENT', { id: id(1), sig }]));
      expect(await replies).toEqual([['OK', id(1), true, '']]);
    } finally {
      await secure.stop();
    }
  });
});
