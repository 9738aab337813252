import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RelayBenchError } from '../../src/base/errors.ts';
import type { EmbeddedRelay, startEmbeddedRelay } from '../../src/stack/embedded-relay.ts';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';

const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function builtUrl(path: string): string {
  return new URL(`../../dist/${path}`, import.meta.url).href;
}

/** Starts the built relay the way the command line does; only the built file finds the built relay. */
async function startEmbedded(args: readonly string[] = []): Promise<EmbeddedRelay> {
  const built = (await import(builtUrl('stack/embedded-relay.js'))) as {
    startEmbeddedRelay: typeof startEmbeddedRelay;
  };
  const relay = await built.startEmbeddedRelay({ args });
  cleanUps.push(() => relay.stop());
  return relay;
}

async function start(...args: readonly string[]): Promise<BuiltRelay> {
  const relay = await startBuiltRelay(args);
  cleanUps.push(() => relay.stop());
  return relay;
}

async function open(relay: { readonly url: string }): Promise<Client> {
  const client = new Client(relay.url);
  cleanUps.push(() => client.terminate());
  return await client.open();
}

async function metric(relay: BuiltRelay, name: string): Promise<number> {
  const response = await fetch(relay.metricsUrl);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('stopping the relay', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers what is in flight on %s, closes and ends with 0',
    async (signal) => {
      const relay = await start();
      const client = await open(relay);
      const author = new Author();
      const sub = client.subscribe({ authors: [author.pubkey] });
      await client.stored(sub);
      const events = Array.from({ length: 50 }, (_, i) => author.sign({ content: `${i}` }));
      for (const event of events) client.send(['EVENT', event]);
      await client.ok(events[0]?.id ?? '');
      const exited = once(relay.child, 'exit');
      process.kill(relay.pid, signal);
      const [code] = await exited;
      expect(code).toBe(0);
      expect(await client.closed()).toBe(1001);
      expect((await client.stored(sub)).closed).toBeNull();
      expect(client.messages).toContainEqual(['CLOSED', sub, 'error: the relay is shutting down']);
      for (const { id } of events.slice(1)) {
        expect(['', 'error: the relay is shutting down']).toContain((await client.ok(id)).message);
      }
    },
  );

  it('ends although a client neither reads nor answers the close', async () => {
    const relay = await start();
    const client = await open(relay);
    client.pause();
    const startedMs = Date.now();
    const exited = once(relay.child, 'exit');
    process.kill(relay.pid, 'SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(Date.now() - startedMs).toBeLessThan(30_000);
  });

  it('refuses connections once it stops', async () => {
    const relay = await start();
    const { port } = relay.ready;
    await relay.stop();
    const socket = connect(port, '127.0.0.1');
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('the embedded relay', () => {
  it('serves and stops, and a second stop does no harm', async () => {
    const relay = await startEmbedded();
    const client = await open(relay);
    const event = new Author().sign();
    expect(await client.publish(event)).toEqual({ accepted: true, message: '' });
    await Promise.all([relay.stop(), relay.stop()]);
    await relay.stop();
    expect(isAlive(relay.pid)).toBe(false);
  });

  it('ends by itself when the process that started it is killed', async () => {
    const script = `
      import { startEmbeddedRelay } from ${JSON.stringify(builtUrl('stack/embedded-relay.js'))};
      const relay = await startEmbeddedRelay();
      console.log(relay.pid);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanUps.push(() => {
      parent.kill('SIGKILL');
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually('the relay ends', () => !isAlive(pid));
  });

  it('names a wrong option as a mistake of the caller, with exit code 2', async () => {
    const failure = startEmbedded(['--memory-limit', 'lots']);
    await expect(failure).rejects.toMatchObject({
      code: 'PROGRAM_OPTIONS_INVALID',
      exitCode: 2,
      message: expect.stringContaining('--memory-limit "lots" is not a size'),
    } satisfies Partial<Record<keyof RelayBenchError, unknown>>);
  });

  it('says why it did not start when the port is taken, with exit code 3', async () => {
    const relay = await start();
    await expect(startEmbedded(['--port', String(relay.ready.port)])).rejects.toMatchObject({
      code: 'EMBEDDED_RELAY_FAILED',
      exitCode: 3,
      message: expect.stringContaining('EADDRINUSE'),
    } satisfies Partial<Record<keyof RelayBenchError, unknown>>);
  });
});

describe('limits of the relay', () => {
  it('closes a connection with 1009 for a message above the limit', async () => {
    const relay = await start('--max-message-bytes', '2000');
    const client = await open(relay);
    client.sendRaw(`["REQ","big",{}${' '.repeat(2_000)}]`);
    expect(await client.closed()).toBe(1009);
  });

  it('closes a connection with 1009 for fragments that add up to more than the limit', async () => {
    const relay = await start('--max-message-bytes', '2000');
    const client = await open(relay);
    for (let i = 0; i < 30 && client.closeCode === null; i++) {
      client.sendRaw(Buffer.alloc(100, ' '), { fin: false, binary: false });
    }
    expect(await client.closed()).toBe(1009);
  });

  it('closes a connection with 1007 for text that is not UTF-8', async () => {
    const client = await open(await start());
    client.sendRaw(Buffer.from([0x5b, 0xff, 0xfe, 0x5d]), { binary: false });
    expect(await client.closed()).toBe(1007);
  });

  it('answers a binary message with a notice', async () => {
    const client = await open(await start());
    client.sendRaw(Buffer.from('["REQ","x",{}]'), { binary: true });
    const notice = await client.until('NOTICE', () => client.messages.find(([type]) => type === 'NOTICE'));
    expect(notice[1]).toBe('invalid: binary messages are not part of the protocol');
  });

  it('refuses the connection that is one too many with 503, and serves again when one has gone', async () => {
    const relay = await start('--max-connections', '1');
    const first = await open(relay);
    const refused = new WebSocket(relay.url);
    const [error] = await once(refused, 'error');
    expect(String(error)).toContain('503');
    first.terminate();
    await eventually('room', async () => (await metric(relay, 'nostr_connections')) === 0);
    await (await open(relay)).settle();
  });

  it('refuses the subscription that is one too many and keeps the others', async () => {
    const client = await open(await start('--max-subscriptions', '2'));
    const author = new Author();
    const subs = [1, 2, 3].map(() => client.subscribe({ authors: [author.pubkey] }));
    const answers = await Promise.all(subs.map((sub) => client.stored(sub)));
    expect(answers.map(({ closed }) => closed)).toEqual([
      null,
      null,
      'error: more than 2 open subscriptions',
    ]);
    client.send(['CLOSE', subs[0]]);
    expect((await client.stored(client.subscribe({ authors: [author.pubkey] }))).closed).toBeNull();
  });

  it('refuses too many filters and too many values', async () => {
    const client = await open(await start('--max-filters', '2', '--max-filter-values', '3'));
    expect((await client.query({}, {}, {})).closed).toBe('invalid: more than 2 filters');
    expect((await client.query({ kinds: [1, 2], '#t': ['a', 'b'] })).closed).toBe(
      'invalid: more than 3 values in a filter',
    );
  });

  it('cuts limits to the highest and sets one where there is none', async () => {
    const client = await open(await start('--max-limit', '3', '--default-limit', '2'));
    const author = new Author();
    await client.publishAll([1, 2, 3, 4].map((i) => author.sign({ content: `${i}` })));
    expect((await client.ids({ authors: [author.pubkey] })).length).toBe(2);
    expect((await client.ids({ authors: [author.pubkey], limit: 100 })).length).toBe(3);
  });

  it('answers that the store is full and keeps what it has', async () => {
    const client = await open(await start('--memory-limit', '20KB'));
    const author = new Author();
    const events = Array.from({ length: 40 }, (_, i) => author.sign({ content: `${i}` }));
    const answers = [];
    for (const event of events) answers.push(await client.publish(event));
    expect(answers[0]).toEqual({ accepted: true, message: '' });
    expect(answers.at(-1)).toEqual({ accepted: false, message: 'error: store is full' });
    const accepted = answers.filter((answer) => answer.accepted).length;
    expect((await client.ids({ authors: [author.pubkey] })).length).toBe(accepted);
  });

  it('answers overloaded instead of queueing without bound, and recovers', async () => {
    const relay = await start('--verify-queue-max', '5', '--verify-workers', '1');
    const client = await open(relay);
    const author = new Author();
    const events = Array.from({ length: 300 }, (_, i) => author.sign({ content: `${i}` }));
    for (const event of events) client.send(['EVENT', event]);
    const answers = [];
    for (const { id } of events) answers.push((await client.ok(id)).message);
    expect(new Set(answers)).toEqual(new Set(['', 'error: overloaded, try again later']));
    expect(await client.publish(author.sign({ content: 'later' }))).toEqual({ accepted: true, message: '' });
    expect(await metric(relay, 'nostr_verify_queue_depth')).toBe(0);
  });

  it('cuts a reader that is too slow, counts it and serves the others', async () => {
    const relay = await start('--no-verify', '--max-backlog-bytes', '1000000');
    const [slow, healthy, publisher] = [await open(relay), await open(relay), await open(relay)];
    const author = new Author();
    for (const client of [slow, healthy]) await client.stored(client.subscribe({ authors: [author.pubkey] }));
    slow.pause();
    const content = 'x'.repeat(100_000);
    for (let i = 0; i < 400 && (await metric(relay, 'nostr_slow_readers_cut_total')) === 0; i++) {
      await publisher.publishAll([author.sign({ kind: 20_001, content: `${i} ${content}` })]);
    }
    expect(await metric(relay, 'nostr_slow_readers_cut_total')).toBe(1);
    const last = author.sign({ kind: 20_001, content: 'last' });
    await publisher.publishAll([last]);
    await healthy.delivery('s0', last.id);
    slow.resume();
    expect(await slow.closed()).toBe(1006);
  });

  it('paces a long answer to its reader instead of cutting it', async () => {
    const relay = await start('--no-verify', '--max-backlog-bytes', '4000000');
    const client = await open(relay);
    const author = new Author();
    const events = Array.from({ length: 100 }, (_, i) =>
      author.sign({ content: `${i} ${'x'.repeat(100_000)}` }),
    );
    await client.publishAll(events);
    const sub = client.subscribe({ authors: [author.pubkey] });
    client.pause();
    await delay(300);
    client.resume();
    expect((await client.stored(sub)).events.length).toBe(100);
  });
});

describe('the HTTP side of the relay', () => {
  let relay: BuiltRelay;

  beforeAll(async () => {
    relay = await startBuiltRelay();
  });

  afterAll(async () => {
    await relay.stop();
  });

  it.each([
    ['/health', 200, 'alive'],
    ['/ready', 200, 'ready'],
    ['/metrics', 404, 'not found'],
    ['/', 200, 'WebSocket'],
    ['/nothing-here', 404, 'not found'],
  ])('answers %s with %i', async (path, status, text) => {
    await (await open(relay)).settle();
    const response = await fetch(relay.url.replace('ws', 'http') + path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('serves its metrics at an address of their own, and nothing else there', async () => {
    await (await open(relay)).settle();
    const response = await fetch(relay.metricsUrl);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('nostr_query_latency_seconds_bucket{le="0.001",operation="req"}');
    expect((await fetch(new URL('/', relay.metricsUrl))).status).toBe(404);
    expect((await fetch(relay.metricsUrl, { method: 'POST' })).status).toBe(404);
  });

  it('refuses methods other than GET without reading the body', async () => {
    const response = await fetch(relay.url.replace('ws', 'http'), {
      method: 'POST',
      body: 'x'.repeat(1_000),
    });
    expect(response.status).toBe(405);
  });

  it('counts events by outcome', async () => {
    const client = await open(relay);
    const event = new Author().sign();
    await client.publish(event);
    await client.publish(event);
    await client.publish({ ...new Author().sign(), content: 'changed' });
    expect(await metric(relay, 'nostr_events_total{outcome="stored"}')).toBe(1);
    expect(await metric(relay, 'nostr_events_total{outcome="duplicate"}')).toBe(1);
    expect(await metric(relay, 'nostr_events_total{outcome="invalid"}')).toBe(1);
  });

  it('forgets the subscriptions of a client that has gone', async () => {
    const before = await metric(relay, 'nostr_subscriptions');
    const client = await open(relay);
    await client.stored(client.subscribe({}));
    expect(await metric(relay, 'nostr_subscriptions')).toBe(before + 1);
    client.terminate();
    await eventually('no subscription', async () => (await metric(relay, 'nostr_subscriptions')) === before);
  });
});
