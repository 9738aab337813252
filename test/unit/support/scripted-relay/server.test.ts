import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RelayScript } from '../../../support/scripted-relay/script.ts';
import { ScriptedRelay } from '../../../support/scripted-relay/server.ts';
import { withScriptedRelay } from '../../../support/scripted-relay.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const action of cleanUp.splice(0).reverse()) await action();
});

async function start(script: RelayScript): Promise<ScriptedRelay> {
  const relay = await ScriptedRelay.start(script);
  cleanUp.push(() => relay.stop());
  return relay;
}

class Probe {
  readonly received: unknown[] = [];
  readonly socket: WebSocket;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data, binary) =>
      this.received.push(binary ? 'binary' : JSON.parse(String(data))),
    );
    cleanUp.push(() => this.socket.terminate());
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(...message: unknown[]): void {
    this.socket.send(JSON.stringify(message));
  }

  async until(count: number): Promise<unknown[]> {
    while (this.received.length < count) await once(this.socket, 'message');
    return this.received;
  }
}

const connect = (relay: ScriptedRelay): Promise<Probe> => new Probe(relay.url).opened();
const event = (n: number, tags: string[][] = []): object => ({
  id: n.toString(16).padStart(64, '0'),
  pubkey: 'p',
  kind: 1,
  created_at: 1,
  tags,
});
const ok = (n: number): unknown => ['OK', n.toString(16).padStart(64, '0'), true, ''];

describe('the scripted relay', () => {
  it('acknowledges events after their delay, never before', async () => {
    const probe = await connect(await start({ events: { delay: { kind: 'exact', ms: 30 } } }));
    const sent = performance.now();
    probe.send('EVENT', event(1));
    expect(await probe.until(1)).toEqual([ok(1)]);
    expect(performance.now() - sent).toBeGreaterThanOrEqual(30);
  });

  it('sends OKs out of order in groups', async () => {
    const probe = await connect(await start({ events: { reverseGroupsOf: 3 } }));
    for (const n of [1, 2, 3, 4, 5, 6]) probe.send('EVENT', event(n));
    expect(await probe.until(6)).toEqual([ok(3), ok(2), ok(1), ok(6), ok(5), ok(4)]);
  });

  it('sends fragments that make one message', async () => {
    const probe = await connect(await start({ events: { okForm: 'fragmented' } }));
    probe.send('EVENT', event(1));
    expect(await probe.until(1)).toEqual([ok(1)]);
  });

  it('delivers an event to the matching live subscriptions, spaced, and stops at CLOSE', async () => {
    const relay = await start({ live: { spacingMs: 5 } });
    const [matching, other, closed] = [await connect(relay), await connect(relay), await connect(relay)];
    matching.send('REQ', 'm', { '#t': ['a'] });
    matching.send('REQ', 'n', { kinds: [1] });
    other.send('REQ', 'o', { '#t': ['b'] });
    closed.send('REQ', 'c', {});
    closed.send('CLOSE', 'c');
    await Promise.all([matching.until(2), other.until(1), closed.until(1)]);
    matching.send('EVENT', event(1, [['t', 'a']]));
    const received = await matching.until(5);
    expect(received.slice(2)).toEqual([
      ok(1),
      ['EVENT', 'm', event(1, [['t', 'a']])],
      ['EVENT', 'n', event(1, [['t', 'a']])],
    ]);
    expect([other.received.length, closed.received.length]).toEqual([1, 1]);
    expect(relay.stats()).toMatchObject({ connections: 3, events: 1, queries: 4, closes: 1, deliveries: 2 });
  });

  it('delivers whatever the tags where it is told to ignore them', async () => {
    const probe = await connect(await start({ live: { ignoresTags: true } }));
    probe.send('REQ', 's', { kinds: [1], '#t': ['b'] });
    probe.send('REQ', 'k', { kinds: [7], '#t': ['b'] });
    await probe.until(2);
    probe.send('EVENT', event(1, [['t', 'a']]));
    expect((await probe.until(4)).slice(2)).toEqual([ok(1), ['EVENT', 's', event(1, [['t', 'a']])]]);
  });

  it('answers from what it was sent, live events between the halves, the last one after EOSE', async () => {
    const probe = await connect(await start({ queries: { kept: { pauseMs: 30, afterEose: 1 } } }));
    probe.send('EVENT', event(1));
    probe.send('EVENT', event(2));
    await probe.until(2);
    probe.send('REQ', 's', {});
    await probe.until(3);
    probe.send('EVENT', event(3));
    expect((await probe.until(7)).slice(2)).toEqual([
      ['EVENT', 's', event(1)],
      ok(3),
      ['EVENT', 's', event(3)],
      ['EOSE', 's'],
      ['EVENT', 's', event(2)],
    ]);
  });

  it('answers a REQ with stored events and an EOSE of three elements', async () => {
    const probe = await connect(await start({ queries: { stored: 2, eose: 'three-elements' } }));
    probe.send('REQ', 's', {});
    const received = (await probe.until(3)) as unknown[][];
    expect(received.map(([type]) => type)).toEqual(['EVENT', 'EVENT', 'EOSE']);
    expect(received[2]).toEqual(['EOSE', 's', 'finish']);
  });

  it('refuses a REQ with CLOSED', async () => {
    const probe = await connect(await start({ queries: { closed: { every: 2, message: 'error: no' } } }));
    probe.send('REQ', 'a', {});
    probe.send('REQ', 'b', {});
    expect(await probe.until(2)).toEqual([
      ['EOSE', 'a'],
      ['CLOSED', 'b', 'error: no'],
    ]);
  });

  it('streams without end until CLOSE', async () => {
    const probe = await connect(await start({ queries: { stored: 'endless' } }));
    probe.send('REQ', 's', {});
    const received = await probe.until(100);
    expect(received.every((message) => (message as string[])[0] === 'EVENT')).toBe(true);
  });

  it('closes with the scripted code after so many messages', async () => {
    const probe = await connect(await start({ connections: { closeAfter: { messages: 2, code: 4_000 } } }));
    probe.send('EVENT', event(1));
    probe.send('EVENT', event(2));
    const [code] = await once(probe.socket, 'close');
    expect([code, probe.received.length]).toEqual([4_000, 2]);
  });

  it('drops the connection for code 1006', async () => {
    const probe = await connect(await start({ connections: { closeAfter: { messages: 1, code: 1006 } } }));
    probe.send('EVENT', event(1));
    const [code] = await once(probe.socket, 'close');
    expect(code).toBe(1006);
  });

  it('answers upgrades at the scripted rate', async () => {
    const relay = await start({ connections: { accept_per_s: 100 } });
    const started = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => connect(relay)));
    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });

  it('reads nothing while it is told to stop reading', async () => {
    const relay = await start({ connections: { stopReading: { afterMs: 0, forMs: 100 } } });
    const probe = await connect(relay);
    const sent = performance.now();
    probe.send('EVENT', event(1));
    await probe.until(1);
    setTimeout(() => probe.send('EVENT', event(2)), 10);
    await probe.until(2);
    expect(performance.now() - sent).toBeGreaterThanOrEqual(99);
  });

  it('challenges on connect', async () => {
    const probe = await connect(await start({ connections: { authOnConnect: true } }));
    expect(await probe.until(1)).toEqual([['AUTH', 'a challenge']]);
  });

  it('runs as a process that tells its statistics', { timeout: 60_000 }, async () => {
    await withScriptedRelay({ events: { delay: { kind: 'exact', ms: 1 } } }, async (relay) => {
      const probe = await new Probe(relay.url).opened();
      probe.send('EVENT', event(1));
      await probe.until(1);
      expect(await relay.stats()).toMatchObject({ connections: 1, events: 1 });
    });
  });
});
