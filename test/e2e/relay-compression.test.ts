import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/record/schema.ts';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

let relay: BuiltRelay;

beforeAll(async () => {
  relay = await startBuiltRelay(['--compression', '--no-verify', '--max-malformed-per-s', '0']);
});

afterAll(() => relay.stop());

async function open(compresses: boolean): Promise<Client> {
  const client = new Client(relay.url, compresses);
  onTestFinished(() => client.terminate());
  return await client.open();
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(relay.metricsUrl)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: relay',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
];

/** A compressed frame of a client, with a mask of zeros. */
function deflatedFrame(message: Buffer): Buffer {
  const payload = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
  const header = Buffer.from([0xc1, 0xfe, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([header, payload]);
}

/** A connection that has negotiated compression, on which a test writes bytes of its own. */
async function openRaw() {
  const socket = connect(relay.ready.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(`${UPGRADE.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return { socket, answer: answer.toString('latin1') };
}

describe('a relay that compresses', () => {
  it('gives everybody the same events, stored and live, compressed to those who offer it', async () => {
    const [compressed, plain] = [await open(true), await open(false)];
    expect([compressed.extensions, plain.extensions]).toEqual(['permessage-deflate', '']);
    const author = new Author();
    const events = Array.from({ length: 20 }, (_, n) =>
      author.sign({ content: `${n} ${'grüße 🌍 '.repeat(n * 200)}` }),
    );
    const filter = { authors: [author.pubkey] };
    for (const client of [compressed, plain]) client.send(['REQ', 'live', filter]);
    await Promise.all([compressed, plain].map((client) => client.settle()));
    for (const event of events) {
      compressed.send(['EVENT', event]);
      expect((await compressed.ok(event.id)).accepted).toBe(true);
    }
    const ids = events.map(({ id }) => id).sort();
    for (const client of [compressed, plain]) {
      await client.settle();
      const live = client.messages.filter(
        ([type, subscription]) => type === 'EVENT' && subscription === 'live',
      );
      expect(live.map(([, , event]) => (event as { id: string }).id).sort()).toEqual(ids);
      client.send(['REQ', 'stored', filter]);
      const { events: stored } = await client.stored('stored');
      expect(stored.map(({ id }) => id).sort()).toEqual(ids);
      expect(stored).toEqual(expect.arrayContaining(events));
    }
    expect(await metric('nostr_compressed_connections')).toBe(1);
    expect(await metric('nostr_compressed_messages_total{direction="in"}')).toBeGreaterThanOrEqual(20);
    expect(await metric('nostr_compressed_messages_total{direction="out"}')).toBeGreaterThanOrEqual(40);
    expect(await metric('nostr_compressed_bytes_total{direction="out"}')).toBeLessThan(
      await metric('nostr_uncompressed_bytes_total{direction="out"}'),
    );
  });

  it('ends a client whose message is too large once it is inflated, with 1009, and serves the others', async () => {
    const { socket, answer } = await openRaw();
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toContain('permessage-deflate; server_no_context_takeover; client_no_context_takeover');
    // The challenge may come in the segment of the answer, or behind it.
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.write(deflatedFrame(Buffer.alloc(16 * 1024 * 1024, ' ')));
    await once(socket, 'close');
    expect(Buffer.concat(received).subarray(-4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xf1]));
    await (await open(true)).settle();
  });

  it('keeps what a client sends compressed until its turn comes: a flood of small bombs takes no memory', async () => {
    const sockets = await Promise.all(Array.from({ length: 8 }, async () => (await openRaw()).socket));
    // Each is 512 bytes, and half a megabyte that says nothing: what one segment holds of them would be 60 MB.
    const bomb = deflatedFrame(Buffer.concat([Buffer.from('["REQ",'), Buffer.alloc(500_000, ' ')]));
    const flood = Buffer.concat(Array.from({ length: 200 }, () => bomb));
    const before = await metric('process_resident_memory_bytes');
    for (const socket of sockets) socket.resume().write(flood);
    await (await open(true)).settle();
    const during = await metric('process_resident_memory_bytes');
    expect((during - before) / 2 ** 20).toBeLessThan(200);
  });

  it('declines an offer that it can not keep, and serves its client uncompressed', async () => {
    const socket = connect(relay.ready.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const offer = 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8';
    socket.write(`${[...UPGRADE.slice(0, -1), offer].join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer.toString('latin1')).not.toContain('permessage-deflate');
  });
});

it('a run with --compression says what was compressed and what that saved, and holds its gates as before', async () => {
  const dir = await tempDir();
  const args = ['--compression', '--duration', '2s', '--warmup', '0s', '--rate', '50', '--out', dir];
  const { stdout } = await runCli(['run', 'fanout', '--connections', '10', '--no-default-gates', ...args]);
  const { counters, scenario } = JSON.parse(await readFile(join(dir, 'run.json'), 'utf8')) as RunRecord;
  expect(scenario.resolved).toMatchObject({ connections: { compression: true } });
  expect(counters).toMatchObject({
    connections_compressed: 10,
    connections_not_compressed: 0,
  });
  expect(counters.frames_deflated).toBeGreaterThanOrEqual(counters.events_sent);
  expect(counters.deliveries_received).toBeGreaterThan(0);
  expect(counters.frames_inflated).toBeGreaterThanOrEqual(counters.deliveries_received);
  expect(counters.bytes_before_inflate).toBeLessThan(0.8 * counters.bytes_after_inflate);
  expect(stdout).toMatch(/compression +\S.* sent +\S.* received/);
});
