import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventId } from '../../src/nostr/event.ts';
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

async function openSocket(relay: BuiltRelay): Promise<WebSocket> {
  const socket = new WebSocket(relay.url, { perMessageDeflate: false });
  cleanUps.push(() => socket.terminate());
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

async function metric(relay: BuiltRelay, name: string): Promise<number> {
  const response = await fetch(relay.metricsUrl);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** An event of the right form and id with a signature that is none, by a key that may be no point of the curve. */
function forged(index: number) {
  const draft = {
    pubkey: randomBytes(32).toString('hex'),
    created_at: 1_700_000_000,
    kind: 1,
    tags: [],
    content: `${index}`,
  };
  return { ...draft, id: eventId(draft), sig: randomBytes(64).toString('hex') };
}

/** Without those of gift wraps, which need an authentication. */
const kinds = (count: number): number[] => Array.from({ length: count }, (_, i) => 2_000 + i);

describe('filters that take memory', () => {
  it('cost who holds most of them its subscriptions, and nobody else', async () => {
    const relay = await start('--max-filter-bytes', '4000000', '--max-filter-bytes-total', '5000000');
    const [honest, ...attackers] = [
      await open(relay),
      await open(relay),
      await open(relay),
      await open(relay),
    ];
    const author = new Author();
    const sub = honest.subscribe({ authors: [author.pubkey] });
    await honest.stored(sub);
    for (const attacker of attackers) {
      for (let i = 0; i < 10; i++) attacker.send(['REQ', `a${i}`, { kinds: kinds(4_000) }]);
      await attacker.stored('a9');
    }
    const reasons = attackers.flatMap(({ messages }) => messages.filter(([type]) => type === 'CLOSED'));
    expect(new Set(reasons.map((message) => String(message[2]).replace(/\d+/, 'N')))).toEqual(
      new Set([
        'error: the filters of this connection would take more than N bytes of memory',
        'error: all filters together take too much memory, and yours take most',
      ]),
    );
    expect(await metric(relay, 'nostr_filter_bytes')).toBeLessThanOrEqual(5_000_000);
    const event = author.sign();
    await attackers[0]?.publishAll([event]);
    await honest.delivery(sub, event.id);
  });
});

describe('readers that do not read', () => {
  it('are cut, the slowest first, when too much waits for all of them together', async () => {
    const relay = await start('--no-verify', '--max-backlog-bytes-total', '8000000');
    const [healthy, publisher] = [await open(relay), await open(relay)];
    const slow = [await open(relay), await open(relay), await open(relay)];
    const author = new Author();
    for (const client of [healthy, ...slow])
      await client.stored(client.subscribe({ authors: [author.pubkey] }));
    for (const client of slow) client.pause();
    const content = 'x'.repeat(100_000);
    let sent = 0;
    while ((await metric(relay, 'nostr_slow_readers_cut_total')) < 3 && sent < 600) {
      await publisher.publishAll([author.sign({ kind: 20_001, content: `${sent++} ${content}` })]);
    }
    expect(await metric(relay, 'nostr_slow_readers_cut_total')).toBe(3);
    const last = author.sign({ kind: 20_001, content: 'last' });
    await publisher.publishAll([last]);
    await healthy.delivery('s0', last.id);
    expect(healthy.received('s0').length).toBe(sent + 1);
  });
});

describe('invalid signatures', () => {
  it('cost who sends nothing else its connection, with the reason', async () => {
    const relay = await start('--max-invalid-signatures', '20');
    const attacker = await openSocket(relay);
    const closed = once(attacker, 'close') as Promise<[number, Buffer]>;
    for (let i = 0; i < 100; i++) attacker.send(JSON.stringify(['EVENT', forged(i)]));
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1008, 'too many invalid signatures']);
    expect(await metric(relay, 'nostr_clients_cut_total')).toBe(1);
    await (await open(relay)).publishAll([new Author().sign()]);
  });

  it('delay the event of another client by few of them, however many wait', async () => {
    const relay = await start('--max-invalid-signatures', '0', '--verify-workers', '1');
    const attacker = await openSocket(relay);
    const [honest, author] = [await open(relay), new Author()];
    await honest.publishAll([author.sign()]);
    let answered = 0;
    attacker.on('message', (data) => {
      if (String(data).startsWith('["OK"')) answered++;
    });
    const events = Array.from({ length: 4_000 }, (_, i) => JSON.stringify(['EVENT', forged(i)]));
    for (const event of events) attacker.send(event);
    await once(attacker, 'message');
    await honest.publishAll([author.sign({ content: 'beside the flood' })]);
    expect(answered).toBeLessThan(2_000);
  });

  it('by keys that are no points of the curve do not wear out the verifier', async () => {
    const relay = await start('--max-invalid-signatures', '0', '--verify-workers', '1');
    const attacker = await openSocket(relay);
    let answered = 0;
    const done = new Promise<void>((resolve) => {
      attacker.on('message', (data) => {
        if (String(data).startsWith('["OK"') && ++answered === 20_000) resolve();
      });
    });
    for (let sent = 0; sent < 20_000; ) {
      for (let i = 0; i < 2_000; i++) attacker.send(JSON.stringify(['EVENT', forged(sent++)]));
      while (answered < sent) await once(attacker, 'message');
    }
    await done;
    expect(await (await open(relay)).publish(new Author().sign())).toEqual({ accepted: true, message: '' });
  });
});

describe('long questions', () => {
  it('of one client are answered after the short one of another', async () => {
    const relay = await start('--no-verify');
    const [attacker, honest] = [await open(relay), await open(relay)];
    const author = new Author();
    await attacker.publishAll(Array.from({ length: 1_000 }, (_, i) => author.sign({ content: `${i}` })));
    const filters = Array.from({ length: 20 }, (_, i) => ({ since: i }));
    for (let i = 0; i < 150; i++) attacker.send(['COUNT', `c${i}`, ...filters]);
    await attacker.until('COUNT', () => attacker.messages.find(([type]) => type === 'COUNT'));
    expect((await honest.query({ limit: 1 })).events.length).toBe(1);
    const counted = attacker.messages.filter(([type]) => type === 'COUNT').length;
    expect(counted).toBeLessThan(150);
    await attacker.until('all counts', () =>
      attacker.messages.filter(([type]) => type === 'COUNT').length === 150 ? true : undefined,
    );
  });

  it('of a client that has left are given up', async () => {
    const relay = await start('--no-verify');
    const [attacker, honest] = [await open(relay), await open(relay)];
    const author = new Author();
    await attacker.publishAll(Array.from({ length: 1_000 }, (_, i) => author.sign({ content: `fox ${i}` })));
    for (let i = 0; i < 19; i++) attacker.send(['REQ', `r${i}`, { search: `fox ${i}` }]);
    for (let i = 0; i < 150; i++) attacker.send(['COUNT', `c${i}`, { search: 'fox' }, { search: 'x' }]);
    await attacker.until('COUNT', () => attacker.messages.find(([type]) => type === 'COUNT'));
    attacker.terminate();
    await honest.settle();
    const name = 'nostr_query_latency_seconds_count{operation="count"}';
    const answered = await metric(relay, name);
    await honest.settle();
    expect([await metric(relay, name), answered < 150]).toEqual([answered, true]);
    expect(await metric(relay, 'nostr_subscriptions')).toBe(0);
  });
});

describe('floods', () => {
  it('of what is no text of the protocol end with 1008', async () => {
    const relay = await start();
    const socket = await openSocket(relay);
    let notices = 0;
    socket.on('message', (data) => {
      if (String(data).startsWith('["NOTICE"')) notices++;
    });
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    for (let i = 0; i < 10_000; i++) socket.send('[]');
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([
      1008,
      'too many messages that are malformed or ask for too much',
    ]);
    expect(notices).toBeLessThan(200);
  });

  it('of malformed events and requests count like good ones', async () => {
    const relay = await start('--max-events-per-s', '1', '--max-reqs-per-s', '1');
    const client = await open(relay);
    for (let i = 0; i < 30; i++) client.send(['EVENT', { id: `${i}` }]);
    for (let i = 0; i < 30; i++) client.send(['REQ', `r${i}`, { kinds: 'x' }]);
    expect((await client.ok('29')).message).toBe('rate-limited: slow down');
    expect((await client.stored('r29')).closed).toBe('rate-limited: slow down');
    expect(await metric(relay, 'nostr_events_total{outcome="rate-limited"}')).toBeGreaterThan(10);
  });

  it('of 100 pings are answered one by one', async () => {
    const socket = await openSocket(await start());
    const pongs: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('pong', (data) => {
        if (pongs.push(String(data)) === 100) resolve();
      });
    });
    for (let i = 0; i < 100; i++) socket.ping(`${i}`);
    await all;
    expect(pongs).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it('of thousands of pings end with 1008', async () => {
    const socket = await openSocket(await start());
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    for (let i = 0; i < 5_000; i++) socket.ping();
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1008, 'too many pings']);
  });
});

describe('TCP connections that say nothing', () => {
  it('end after the deadline, and those that have spoken do not', async () => {
    const relay = await start('--handshake-deadline-s', '1');
    const client = await open(relay);
    const socket = connect(relay.ready.port, '127.0.0.1');
    cleanUps.push(() => void socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'close');
    await client.settle();
  });

  it('count as connections of their address: the oldest gives way', async () => {
    const relay = await start('--max-connections-per-ip', '3', '--handshake-deadline-s', '600');
    const sockets = Array.from({ length: 5 }, () => connect(relay.ready.port, '127.0.0.1'));
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
    });
    const ended: number[] = [];
    await new Promise<void>((resolve) => {
      for (const [index, socket] of sockets.entries()) {
        socket.on('error', () => undefined);
        socket.once('close', () => {
          if (ended.push(index) === 2) resolve();
        });
      }
    });
    await (await open(relay)).settle();
  });
});

describe('half of a surrogate pair', () => {
  it('is refused in events and in filters', async () => {
    const client = await open(await start());
    const event = new Author().sign({ kind: 30_023, tags: [['d', '\ud800']] });
    expect((await client.publish(event)).message).toMatch(/^invalid: .* Unicode text/);
    expect((await client.query({ '#d': ['\udfff'] })).closed).toMatch(/^invalid: .* Unicode text/);
    expect((await client.query({ '#d': ['\ufffd'] })).closed).toBeNull();
  });
});
