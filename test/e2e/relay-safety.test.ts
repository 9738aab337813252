import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';

const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(...args: readonly string[]): Promise<BuiltRelay> {
  const relay = await startBuiltRelay(args);
  cleanUps.push(() => relay.stop());
  return relay;
}

async function open(relay: BuiltRelay): Promise<Client> {
  const client = new Client(relay.url);
  cleanUps.push(() => client.terminate());
  return await client.open();
}

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: relay',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** A TCP connection to a relay. */
async function openSocket(relay: BuiltRelay): Promise<Socket> {
  const socket = connect(relay.ready.port, '127.0.0.1');
  cleanUps.push(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** An upgraded connection on which a test writes bytes of its own; what comes back is dropped. */
async function openRaw(relay: BuiltRelay, ...headers: readonly string[]): Promise<Socket> {
  const socket = await openSocket(relay);
  socket.write(`${[...UPGRADE, ...headers].join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  socket.resume();
  return socket;
}

/** The status line of the answer to an upgrade request with further headers. */
async function upgradeStatus(relay: BuiltRelay, ...headers: readonly string[]): Promise<string> {
  const socket = await openSocket(relay);
  socket.write(`${[...UPGRADE, ...headers].join('\r\n')}\r\n\r\n`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString().split('\r\n', 1)[0] ?? '';
}

async function metric(relay: BuiltRelay, name: string): Promise<number> {
  const response = await fetch(relay.metricsUrl);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** The header of a client frame with a mask of zeros. */
function header(firstByte: number, length: number): Buffer {
  if (length < 126) return Buffer.from([firstByte, 0x80 | length, 0, 0, 0, 0]);
  const bytes = Buffer.alloc(14);
  bytes.set([firstByte, 0x80 | 127]);
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

const TEXT = 0x81;
const TEXT_UNFINISHED = 0x01;
const CONTINUATION = 0x00;
const PONG = 0x8a;
const RSV1 = 0x40;

describe('slow senders', () => {
  it('are cut when the headers of their handshake do not come', async () => {
    const relay = await start();
    const socket = await openSocket(relay);
    socket.write('GET / HTTP/1.1\r\nHost: relay\r\n');
    const drip = setInterval(() => socket.write('X: y\r\n'), 500);
    cleanUps.push(() => clearInterval(drip));
    socket.resume();
    await once(socket, 'close');
    await (await open(relay)).settle();
  });

  it('are cut when a message trickles in and is not complete in time', async () => {
    const relay = await start('--message-deadline-s', '2');
    const [socket, healthy] = [await openRaw(relay), await open(relay)];
    socket.write(header(TEXT, 100_000));
    const drip = setInterval(() => socket.write('x'), 100);
    cleanUps.push(() => clearInterval(drip));
    await once(socket, 'close');
    expect(await metric(relay, 'nostr_slow_senders_cut_total')).toBe(1);
    await healthy.settle();
  });

  it('are cut when pongs hide that a fragmented message does not end', async () => {
    const relay = await start('--message-deadline-s', '2');
    const socket = await openRaw(relay);
    await delay(1_500);
    socket.write(Buffer.concat([header(TEXT_UNFINISHED, 5), Buffer.from('["REQ')]));
    const pongs = setInterval(() => socket.write(header(PONG, 0)), 100);
    cleanUps.push(() => clearInterval(pongs));
    await once(socket, 'close');
    expect(await metric(relay, 'nostr_slow_senders_cut_total')).toBe(1);
  });

  it('are not cut for pings and pongs alone, nor for saying nothing', async () => {
    const relay = await start('--message-deadline-s', '1');
    const [socket, silent] = [await openRaw(relay), await open(relay)];
    for (let i = 0; i < 30; i++) {
      socket.write(Buffer.concat([header(PONG, 3), Buffer.from('abc')]));
      await delay(100);
    }
    expect(socket.destroyed).toBe(false);
    await silent.settle();
    expect(await metric(relay, 'nostr_slow_senders_cut_total')).toBe(0);
  });
});

describe('hostile frames', () => {
  let relay: BuiltRelay;

  beforeAll(async () => {
    relay = await startBuiltRelay();
  });

  afterAll(async () => {
    await relay.stop();
  });

  it('compressed although compression was not agreed on end the connection: no bomb is inflated', async () => {
    const socket = await openRaw(relay, 'Sec-WebSocket-Extensions: permessage-deflate');
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
    socket.write(Buffer.concat([header(TEXT | RSV1, bomb.length), bomb]));
    await once(socket, 'close');
    await (await open(relay)).settle();
  });

  it('are refused by their announced length, before the bytes come', async () => {
    const socket = await openRaw(relay);
    socket.write(header(TEXT, 64 * 1024 * 1024 * 1024));
    await once(socket, 'close');
  });

  it('in very many fragments end the connection', async () => {
    const socket = await openRaw(relay);
    const fragment = Buffer.concat([header(CONTINUATION, 1), Buffer.from(' ')]);
    socket.write(Buffer.concat([header(TEXT_UNFINISHED, 1), Buffer.from('[')]));
    socket.write(Buffer.concat(Array.from({ length: 50_000 }, () => fragment)));
    await once(socket, 'close');
    await (await open(relay)).settle();
  });

  it('nested as deep as a message can be are answered, in events, filters and reconciliations', async () => {
    const client = await open(relay);
    const depth = 200_000;
    const nested = '['.repeat(depth) + ']'.repeat(depth);
    const id = 'a'.repeat(64);
    client.sendRaw(`["EVENT",{"id":"${id}","tags":${nested}}]`);
    client.sendRaw(`["REQ","deep",{"ids":${nested}}]`);
    client.sendRaw(`["NEG-OPEN","deep",${nested},"61"]`);
    expect((await client.ok(id)).accepted).toBe(false);
    expect((await client.stored('deep')).closed).toMatch(/^invalid: /);
    const refusal = await client.until('NEG-ERR', () => client.messages.find(([type]) => type === 'NEG-ERR'));
    expect(refusal[2]).toMatch(/^invalid: /);
  });

  it('with the largest filter that fits are refused at once', async () => {
    const client = await open(relay);
    const ids = Array.from({ length: 7_000 }, (_, i) => i.toString(16).padStart(64, '0'));
    expect((await client.query({ '#e': ids })).closed).toBe('invalid: more than 5000 values in a filter');
  });

  it('with a search of any length are answered', async () => {
    const client = await open(relay);
    await client.publishAll([new Author().sign({ content: 'a-'.repeat(50_000) })]);
    expect((await client.query({ search: 'a:'.repeat(100_000) })).closed).toMatch(/^invalid: /);
    expect((await client.query({ search: 'a '.repeat(100) })).closed).toBeNull();
  });
});

describe('budgets', () => {
  it('of events are kept: what is too much is refused, not stored, and counted', async () => {
    const relay = await start('--max-events-per-s', '1');
    const client = await open(relay);
    const author = new Author();
    const events = Array.from({ length: 30 }, (_, i) => author.sign({ content: `${i}` }));
    for (const event of events) client.send(['EVENT', event]);
    const answers = [];
    for (const { id } of events) answers.push(await client.ok(id));
    const refused = answers.filter(({ accepted }) => !accepted);
    expect(new Set(refused.map(({ message }) => message))).toEqual(new Set(['rate-limited: slow down']));
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect((await client.ids({ authors: [author.pubkey] })).length).toBe(events.length - refused.length);
    expect(await metric(relay, 'nostr_events_total{outcome="rate-limited"}')).toBe(refused.length);
  });

  it('of requests are kept for REQ, COUNT and NEG-OPEN', async () => {
    const client = await open(await start('--max-reqs-per-s', '1'));
    for (let i = 0; i < 30; i++) client.send(['REQ', `r${i}`, { kinds: [1] }]);
    client.send(['COUNT', 'c', { kinds: [1] }]);
    client.send(['NEG-OPEN', 'n', { kinds: [1] }, '6100000200']);
    const refusal = await client.until('NEG-ERR', () => client.messages.find(([type]) => type === 'NEG-ERR'));
    expect(refusal).toEqual(['NEG-ERR', 'n', 'rate-limited: slow down']);
    expect((await client.stored('c')).closed).toBe('rate-limited: slow down');
    expect((await client.stored('r29')).closed).toBe('rate-limited: slow down');
    expect((await client.stored('r0')).closed).toBeNull();
  });

  it('of an address count all its connections and its HTTP requests, and are not renewed by reconnecting', async () => {
    const relay = await start('--max-reqs-per-s-per-ip', '1');
    for (let i = 0; i < 3; i++) {
      const client = await open(relay);
      for (let j = 0; j < 10; j++) client.subscribe({ kinds: [1] });
      const { closed } = await client.stored('s9');
      expect(closed).toBe('rate-limited: slow down');
      client.terminate();
    }
    const response = await fetch(`${relay.url.replace('ws', 'http')}/e/${'0'.repeat(64)}`);
    expect([404, 429]).toContain(response.status);
    const burst = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${relay.url.replace('ws', 'http')}/e/${'0'.repeat(64)}`)),
    );
    expect(burst.map(({ status }) => status)).toContain(429);
  });

  it('of connections of an address are kept, and a forged header changes nothing', async () => {
    const relay = await start('--max-connections-per-ip', '2');
    await open(relay);
    await open(relay);
    expect(await upgradeStatus(relay)).toBe('HTTP/1.1 429 Too Many Requests');
    expect(await upgradeStatus(relay, 'X-Forwarded-For: 198.51.100.7')).toBe(
      'HTTP/1.1 429 Too Many Requests',
    );
  });

  it('follow the address that a trusted proxy tells', async () => {
    const relay = await start('--max-connections-per-ip', '1', '--trust-proxy', '127.0.0.1');
    const accepted = 'HTTP/1.1 101 Switching Protocols';
    expect(await upgradeStatus(relay, 'X-Forwarded-For: 198.51.100.7')).toBe(accepted);
    expect(await upgradeStatus(relay, 'X-Forwarded-For: 198.51.100.8')).toBe(accepted);
    const forged = 'X-Forwarded-For: 203.0.113.1, 198.51.100.7';
    expect(await upgradeStatus(relay, forged)).toBe('HTTP/1.1 429 Too Many Requests');
  });

  it('are given back by handshakes that fail', async () => {
    const relay = await start('--max-connections-per-ip', '1');
    for (let i = 0; i < 3; i++) {
      const socket = await openSocket(relay);
      socket.write(`${[...UPGRADE, 'Sec-WebSocket-Version: 1'].join('\r\n')}\r\n\r\n`);
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 400 /);
      socket.resume();
      await once(socket, 'close');
    }
    await (await open(relay)).settle();
  });
});

describe('the page of an event', () => {
  it('is served with an ETag, to HEAD without a body, and not again to who has it', async () => {
    const relay = await start();
    const client = await open(relay);
    const event = new Author().sign({ content: 'é' });
    await client.publishAll([event]);
    const url = `${relay.url.replace('ws', 'http')}/e/${event.id}`;
    const [page, head] = [await fetch(url), await fetch(url, { method: 'HEAD' })];
    expect(await page.json()).toEqual(event);
    expect(page.headers.get('cache-control')).toBe('public, no-cache');
    expect(page.headers.get('access-control-allow-origin')).toBe('*');
    expect([await head.text(), head.headers.get('content-length')]).toEqual([
      '',
      page.headers.get('content-length'),
    ]);
    const etag = page.headers.get('etag') ?? '';
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('is not there for an ephemeral event', async () => {
    const relay = await start();
    const client = await open(relay);
    const event = new Author().sign({ kind: 20_001 });
    await client.publishAll([event]);
    const page = await fetch(`${relay.url.replace('ws', 'http')}/e/${event.id}`);
    expect([page.status, page.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });
});
