import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { Author, nowSeconds } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { sharedChannels, startTestCluster, startTestRedis, type TestRedis } from '../support/redis.ts';

let postgres: TestPostgres;
let redis: TestRedis;
const cleanUps: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  redis = await startTestRedis();
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(async () => {
  await redis?.stop();
  await postgres?.stop();
});

async function start(database: string, ...args: readonly string[]): Promise<BuiltRelay> {
  const relay = await startBuiltRelay(['--store', database, ...args]);
  cleanUps.push(() => relay.stop());
  return relay;
}

async function open(relay: BuiltRelay): Promise<Client> {
  const client = await new Client(relay.url).open();
  cleanUps.push(() => client.terminate());
  return client;
}

async function status(relay: BuiltRelay, path: string): Promise<number> {
  return (await fetch(relay.url.replace('ws', 'http') + path)).status;
}

async function metric(relay: BuiltRelay, name: string): Promise<number> {
  const text = await (await fetch(relay.metricsUrl)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** Two relays on one database, with their own connections and one open subscription each. */
async function twoRelays(
  author: Author,
  bus: readonly string[] = ['--redis', redis.url],
): Promise<{ relays: BuiltRelay[]; clients: Client[]; subs: string[] }> {
  const database = await postgres.createDatabase();
  const relays = [
    await start(database, ...bus, '--relay-id', 'one'),
    await start(database, ...bus, '--relay-id', 'two'),
  ];
  // An ephemeral event is nowhere for who hears the others only after it.
  for (const relay of relays)
    await eventually('a relay that hears the others', async () => (await status(relay, '/ready')) === 200);
  const clients = [await open(relays[0] as BuiltRelay), await open(relays[1] as BuiltRelay)];
  const subs = clients.map((client) => client.subscribe({ authors: [author.pubkey], limit: 0 }));
  for (const [index, client] of clients.entries()) await client.stored(subs[index] ?? '');
  return { relays, clients, subs };
}

/** A way to a port that passes everything on, until it loses what goes there, and says nothing of it. */
async function startWay(port: number): Promise<{ url: string; lose(): void; stop(): Promise<void> }> {
  let isLosing = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const inner = connect(port, '127.0.0.1');
    for (const socket of [client, inner]) sockets.add(socket.on('error', () => socket.destroy()));
    client.on('data', (data) => {
      if (!isLosing) inner.write(data);
    });
    inner.pipe(client);
    client.on('close', () => inner.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: () => {
      isLosing = true;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function idsOf(events: readonly NostrEvent[]): string[] {
  return events.map(({ id }) => id).sort();
}

function acknowledgedOf(client: Client): string[] {
  return client.messages
    .filter(([type, , accepted]) => type === 'OK' && accepted)
    .map(([, id]) => String(id));
}

/** Publishes a thousand events a second and more, until so many are acknowledged. */
async function publishUntil(client: Client, events: readonly NostrEvent[], count: number): Promise<void> {
  for (let start = 0; start < events.length && acknowledgedOf(client).length < count; start += 50) {
    for (const event of events.slice(start, start + 50)) client.send(['EVENT', event]);
    await delay(25);
  }
  await eventually('enough are acknowledged', () => acknowledgedOf(client).length >= count);
}

describe('relay processes that share Postgres and Redis', () => {
  it('deliver events of each other, also ephemeral ones, once', async () => {
    const author = new Author();
    const { clients, subs } = await twoRelays(author);
    const events = [
      author.sign({ content: 'a' }),
      author.sign({ kind: 20_001 }),
      author.sign({ content: 'b' }),
    ];
    await clients[0]?.publishAll(events);
    for (const [index, client] of clients.entries()) {
      const sub = subs[index] ?? '';
      for (const { id } of events) await client.delivery(sub, id);
      expect(idsOf(client.received(sub))).toEqual(idsOf(events));
    }
  });

  it('live through whatever is published on their channel, and deliver nothing that is forged', async () => {
    const author = new Author();
    const { relays, clients, subs } = await twoRelays(author);
    const forged = { ...author.sign({ content: 'forged' }), sig: '0'.repeat(128) };
    const row = [forged.id, forged.pubkey, forged.created_at, forged.kind, null];
    const head = { type: 'event', from: 'nobody', lsn: Number.MAX_SAFE_INTEGER, row };
    const texts = ['x', '', 'null', '{"type":"gone","from":"a","lsn":-1,"removed":{}}'];
    texts.push('{"type":"gap","from":"a","since":"x"}', `${JSON.stringify(head)}\n${JSON.stringify(forged)}`);
    for (const text of texts) await redis.publish('nostr:events', text);
    for (const relay of relays) {
      await eventually(
        'all refused',
        async () => (await metric(relay, 'nostr_bus_refused_total')) === texts.length,
      );
    }
    const real = author.sign({ content: 'real' });
    await clients[0]?.publish(real);
    for (const [index, client] of clients.entries()) {
      await client.delivery(subs[index] ?? '', real.id);
      expect(idsOf(client.received(subs[index] ?? ''))).toEqual([real.id]);
    }
  });

  it('with a key believe each other, and nobody who has none', async () => {
    const author = new Author();
    const secrets = join(await mkdtemp(join(tmpdir(), 'relay-bench-secrets-')), 'secrets.json');
    cleanUps.push(() => rm(dirname(secrets), { recursive: true }));
    await writeFile(secrets, JSON.stringify({ busKey: 'k'.repeat(32) }), { mode: 0o600 });
    const { clients, subs, relays } = await twoRelays(author, ['--redis', redis.url, '--secrets', secrets]);
    const real = author.sign({ content: 'real' });
    await clients[0]?.publish(real);
    await clients[1]?.delivery(subs[1] ?? '', real.id);
    const stranger = author.sign({ content: 'never stored' });
    const row = [stranger.id, stranger.pubkey, stranger.created_at, stranger.kind, null];
    const head = JSON.stringify({ type: 'event', from: 'nobody', lsn: 1, row });
    await redis.publish('nostr:events', `${head}\n${JSON.stringify(stranger)}`);
    for (const relay of relays) {
      await eventually('it is refused', async () => (await metric(relay, 'nostr_bus_refused_total')) === 1);
    }
    expect(idsOf(clients[1]?.received(subs[1] ?? '') ?? [])).toEqual([real.id]);
  });

  it('deliver events of each other over one shard of a Redis Cluster', async () => {
    const cluster = await startTestCluster();
    cleanUps.push(() => cluster.stop());
    const author = new Author();
    const nodes = cluster.nodes.flatMap((node) => ['--redis-cluster', node]);
    const { relays, clients, subs } = await twoRelays(author, ['--redis', 'cluster', ...nodes]);
    const events = Array.from({ length: 20 }, (_, i) => author.sign({ kind: i % 2 === 0 ? 1 : 20_001 }));
    await clients[0]?.publishAll(events);
    for (const [index, client] of clients.entries()) {
      for (const { id } of events) await client.delivery(subs[index] ?? '', id);
      expect(await status(relays[index] as BuiltRelay, '/ready')).toBe(200);
    }
    expect(await Promise.all(cluster.nodes.map(sharedChannels))).toEqual(
      expect.arrayContaining([['nostr:events'], [], []]),
    );
  });

  it('forget what the other one has deleted or replaced, also in their caches', async () => {
    const author = new Author();
    const { clients } = await twoRelays(author);
    const [one, two] = clients as [Client, Client];
    const note = author.sign({ content: 'to be deleted' });
    const profile = author.sign({ kind: 0, content: 'old', created_at: nowSeconds() - 10 });
    await one.publishAll([note, profile]);
    const asked = { kinds: [0], authors: [author.pubkey] };
    for (let i = 0; i < 3; i++) {
      expect(await two.ids({ ids: [note.id] })).toEqual([note.id]);
      expect(await two.ids(asked)).toEqual([profile.id]);
      expect(await two.ids({ authors: [author.pubkey] })).toHaveLength(2);
    }
    const newer = author.sign({ kind: 0, content: 'new' });
    const deletion = author.sign({ kind: 5, tags: [['e', note.id]] });
    await one.publishAll([newer, deletion]);
    await eventually('the other relay knows', async () => (await two.ids({ ids: [note.id] })).length === 0);
    await eventually('the newer profile', async () => (await two.ids(asked))[0] === newer.id);
    expect((await two.ids({ authors: [author.pubkey] })).sort()).toEqual([newer.id, deletion.id].sort());
  });

  it('deliver every event exactly once although Redis is killed and started while they publish', async () => {
    const author = new Author();
    const { relays, clients, subs } = await twoRelays(author);
    const events = Array.from({ length: 120 }, (_, i) => author.sign({ content: `${i}` }));
    const publishing = (async () => {
      for (const [index, event] of events.entries()) {
        const { accepted } = (await clients[index % 2]?.publish(event)) ?? {};
        expect(accepted).toBe(true);
        await delay(15);
      }
    })();
    await delay(500);
    await redis.kill();
    await eventually(
      'the relay notices',
      async () => (await status(relays[0] as BuiltRelay, '/ready')) === 503,
    );
    await delay(300);
    await redis.restart();
    await publishing;
    for (const [index, client] of clients.entries()) {
      for (const { id } of events) {
        await eventually(`event ${id} reaches relay ${index}`, () =>
          client.received(subs[index] ?? '').some((event) => event.id === id),
        );
      }
    }
    await delay(1_000);
    for (const [index, client] of clients.entries()) {
      expect(idsOf(client.received(subs[index] ?? ''))).toEqual(idsOf(events));
    }
    expect(await metric(relays[0] as BuiltRelay, 'nostr_bus_gaps_total')).toBeGreaterThan(0);
    expect(await status(relays[0] as BuiltRelay, '/ready')).toBe(200);
  });

  it('deliver what a process that was killed has acknowledged and not told the others', async () => {
    const author = new Author();
    const { relays, clients, subs } = await twoRelays(author);
    const [one, two] = clients as [Client, Client];
    const before = author.sign({ content: 'before' });
    await one.publishAll([before]);
    await two.delivery(subs[1] ?? '', before.id);
    await redis.holdBack(2_000);
    const events = Array.from({ length: 10 }, (_, i) => author.sign({ content: `${i}` }));
    await one.publishAll(events);
    process.kill(relays[0]?.pid ?? 0, 'SIGKILL');
    for (const { id } of events) {
      await eventually(`event ${id} is delivered`, () =>
        two.received(subs[1] ?? '').some((event) => event.id === id),
      );
    }
    expect(idsOf(two.received(subs[1] ?? ''))).toEqual(idsOf([before, ...events]));
    expect(await metric(relays[1] as BuiltRelay, 'nostr_bus_filled_total')).toBe(10);
  });
});

describe('a relay process that was killed and started again under its name at once', () => {
  it('is not taken for the one before: what that has acknowledged and not told is delivered', async () => {
    const author = new Author();
    const database = await postgres.createDatabase();
    const way = await startWay(redis.port);
    try {
      const one = await start(database, '--redis', way.url, '--relay-id', 'one');
      const two = await start(database, '--redis', redis.url, '--relay-id', 'two');
      for (const relay of [one, two])
        await eventually(
          'a relay that hears the others',
          async () => (await status(relay, '/ready')) === 200,
        );
      const [writer, reader] = [await open(one), await open(two)];
      const sub = reader.subscribe({ authors: [author.pubkey], limit: 0 });
      await reader.stored(sub);
      const before = author.sign({ content: 'before' });
      await writer.publishAll([before]);
      await reader.delivery(sub, before.id);
      way.lose();
      const event = author.sign({ content: 'acknowledged' });
      await writer.publishAll([event]);
      process.kill(one.pid, 'SIGKILL');
      await start(database, '--redis', redis.url, '--relay-id', 'one');
      await reader.delivery(sub, event.id);
      expect(await metric(two, 'nostr_bus_filled_total')).toBe(1);
    } finally {
      await way.stop();
    }
  });
});

describe('a relay on Postgres', () => {
  it('has every acknowledged event after it was killed in the middle of writes', async () => {
    const database = await postgres.createDatabase();
    const relay = await start(database, '--no-verify');
    const client = await open(relay);
    const author = new Author();
    const events = Array.from({ length: 1_500 }, (_, i) => author.sign({ content: `${i}` }));
    await publishUntil(client, events, 500);
    process.kill(relay.pid, 'SIGKILL');
    await client.closed();
    const ids = acknowledgedOf(client);
    const reader = await open(await start(database));
    const found = new Set<string>();
    for (let from = 0; from < ids.length; from += 500) {
      for (const id of await reader.ids({ ids: ids.slice(from, from + 500) })) found.add(id);
    }
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
  });

  it('answers the events that come while Postgres restarts, and loses none', async () => {
    const database = await postgres.createDatabase();
    const relay = await start(database);
    const client = await open(relay);
    const author = new Author();
    await client.publishAll([author.sign({ content: 'before' })]);
    const restarted = postgres.restart();
    const events = Array.from({ length: 10 }, (_, i) => author.sign({ content: `${i}` }));
    await client.publishAll(events);
    await restarted;
    expect(await client.ids({ authors: [author.pubkey] })).toHaveLength(11);
    await eventually('the relay is ready again', async () => (await status(relay, '/ready')) === 200);
  });

  it('waits for a Postgres that is away, alive and not ready, answers everything with errors, and then serves', async () => {
    const database = await postgres.createDatabase();
    await postgres.kill();
    const relay = await start(database.replace('postgres@', 'postgres:secret@'));
    expect(relay.stderr()).toMatch(/Postgres at 127\.0\.0\.1:\d+ cannot be used: .*; waiting for it/);
    expect(relay.stderr()).not.toContain('secret');
    expect(await status(relay, '/health')).toBe(200);
    expect(await status(relay, '/ready')).toBe(503);
    expect(await status(relay, `/e/${'0'.repeat(64)}`)).toBe(503);
    const client = await open(relay);
    const note = new Author().sign();
    const text = 'error: the database cannot be reached, try again later';
    expect(await client.publish(note)).toEqual({ accepted: false, message: text });
    expect(await client.query({ ids: [note.id] })).toEqual({ events: [], closed: text });
    await postgres.restart();
    await eventually('the relay is ready', async () => (await status(relay, '/ready')) === 200);
    await client.publishAll([note]);
    expect(await client.ids({ ids: [note.id] })).toEqual([note.id]);
    expect(relay.stderr()).toMatch(/Postgres at 127\.0\.0\.1:\d+ can be used/);
  });

  it('ends with the reason where its database can never be used', async () => {
    const failure = startBuiltRelay(['--store', postgres.url.replace(/postgres$/, 'nowhere')]);
    await expect(failure).rejects.toThrow(
      /Postgres at 127\.0\.0\.1:\d+ cannot be used: database "nowhere" does not exist; check that it runs/,
    );
  });

  it('answers what Postgres does not, in time, and has not ended', async () => {
    const database = await postgres.createDatabase();
    const relay = await start(database);
    const client = await open(relay);
    const author = new Author();
    await client.publishAll([author.sign({ content: 'before' })]);
    await postgres.kill();
    const events = Array.from({ length: 5 }, (_, i) => author.sign({ content: `${i}` }));
    for (const event of events) client.send(['EVENT', event]);
    const answers = () => client.messages.filter(([type]) => type === 'OK');
    await eventually('every event is answered', () => answers().length === events.length);
    for (const [, , accepted, message] of answers()) {
      expect([accepted, message]).toEqual([false, expect.stringMatching(/^error: the database /)]);
    }
    client.messages.length = 0;
    await postgres.restart();
    await eventually('the relay is ready again', async () => (await status(relay, '/ready')) === 200);
    await client.publishAll(events);
    expect(client.closeCode).toBeNull();
  });
});
