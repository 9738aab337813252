import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { probeAbilities } from '../../../src/suite/probe.ts';

interface Event {
  readonly id: string;
  readonly kind: number;
  readonly sig: string;
  readonly tags: readonly (readonly string[])[];
}

/** What a relay of the tests does not do. */
type Lack = 'count' | 'sync' | 'verify' | 'live' | 'store' | 'ephemeral' | 'stay' | 'strangers';

let servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
  servers = [];
});

type Filter = Readonly<Record<string, readonly unknown[] | undefined>>;

function matches(event: Event, { ids, kinds, '#t': topics }: Filter): boolean {
  const topic = event.tags.find(([name]) => name === 't')?.[1];
  return [
    [ids, event.id],
    [kinds, event.kind],
    [topics, topic],
  ].every(([wanted, value]) => wanted === undefined || (wanted as readonly unknown[]).includes(value));
}

/** Why a relay refuses an event; null where it takes it. */
function refusal({ kind, tags }: Event, lacks: readonly Lack[]): string | null {
  if (lacks.includes('store') && kind === 1) return 'blocked: not here';
  // Only the forged event of the probe is a note without tags.
  return kind === 1 && tags.length === 0 && !lacks.includes('verify') ? 'invalid: signature' : null;
}

interface Subscription {
  readonly client: WebSocket;
  readonly sub: unknown;
  readonly filter: Filter;
}

/** What a relay of a few lines has, and does with messages. */
class Relay {
  readonly #lacks: readonly Lack[];
  readonly #events: Event[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #known = new Set<WebSocket>();

  constructor(lacks: readonly Lack[]) {
    this.#lacks = lacks;
  }

  take(client: WebSocket, [type, first, second]: readonly unknown[]): void {
    if (type === 'EVENT') this.#publish(client, first as Event);
    if (type === 'AUTH') {
      this.#known.add(client);
      say(client, ['OK', (first as Event).id, true, '']);
    }
    if (type === 'REQ') this.#ask(client, first, second as Filter);
    if (type === 'COUNT') say(client, this.#count(first, second as Filter));
    if (type === 'NEG-OPEN' && this.#lacks.includes('stay')) client.close(1003);
    else if (type === 'NEG-OPEN')
      say(client, this.#lacks.includes('sync') ? ['NEG-ERR', first, 'closed: no'] : ['NEG-MSG', first, '61']);
  }

  #publish(client: WebSocket, event: Event): void {
    const isStranger = this.#lacks.includes('strangers') && !this.#known.has(client);
    const refused = isStranger ? 'auth-required: who are you?' : refusal(event, this.#lacks);
    say(client, ['OK', event.id, refused === null, refused ?? '']);
    if (refused !== null) return;
    if (event.kind < 20_000 || this.#lacks.includes('ephemeral')) this.#events.push(event);
    const live = this.#lacks.includes('live') ? [] : this.#subscriptions;
    for (const { client: other, sub, filter } of live)
      if (matches(event, filter)) say(other, ['EVENT', sub, event]);
  }

  #ask(client: WebSocket, sub: unknown, filter: Filter): void {
    for (const event of this.#events) if (matches(event, filter)) say(client, ['EVENT', sub, event]);
    say(client, ['EOSE', sub]);
    this.#subscriptions.push({ client, sub, filter });
  }

  #count(sub: unknown, filter: Filter): readonly unknown[] {
    if (this.#lacks.includes('count')) return ['NOTICE', 'unknown message'];
    return ['COUNT', sub, { count: this.#events.filter((event) => matches(event, filter)).length }];
  }
}

function say(client: WebSocket, message: readonly unknown[]): void {
  client.send(JSON.stringify(message));
}

/** A relay that lacks what it is told to. */
async function relayThatLacks(lacks: readonly Lack[]): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const relay = new Relay(lacks);
  server.on('connection', (client: WebSocket) => {
    if (lacks.includes('strangers')) say(client, ['AUTH', 'a challenge']);
    client.on('message', (data: RawData) => relay.take(client, JSON.parse(data.toString()) as unknown[]));
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function lacking(...lacks: Lack[]): Promise<Record<string, string | null>> {
  const abilities = await probeAbilities({
    url: await relayThatLacks(lacks),
    insecure: false,
    timeoutMs: 250,
  });
  return Object.fromEntries(
    abilities.filter(({ supported }) => !supported).map(({ what, detail }) => [what, detail]),
  );
}

describe('what a relay does', () => {
  test('is all that it is asked for', async () => {
    expect(await lacking()).toEqual({});
  });

  test('may be to take whatever is signed wrongly', async () => {
    expect(await lacking('verify')).toEqual({ verifies: 'it was taken' });
  });

  test.each([
    ['count', 'NOTICE unknown message'],
    ['sync', '["NEG-ERR","neg","closed: no"]'],
    ['live', 'no event within 250 ms'],
    ['ephemeral', 'it was stored'],
  ] as const)('is told to the letter where it is not %s', async (lack, detail) => {
    expect(await lacking(lack)).toMatchObject({ [lack]: detail });
  });

  test('may be nothing at all: what it refuses is told with its word', async () => {
    const found = await lacking('store');
    expect(found['stores']).toBe('refused: blocked: not here');
    expect(found['tags']).toBe('it was not found');
    expect(found).not.toHaveProperty('verifies');
  });

  test('is told to whom authenticates, where it takes nothing of strangers', async () => {
    expect(await lacking('strangers')).toEqual({});
  });

  test('may end with its connection', async () => {
    expect(await lacking('stay')).toMatchObject({
      sync: 'the relay closed the connection with 1003',
    });
  });

  test('is not known of one that is not there', async () => {
    const [server] = [await relayThatLacks([])];
    for (const one of servers) await new Promise((resolve) => one.close(resolve));
    await expect(probeAbilities({ url: server, insecure: false, timeoutMs: 250 })).rejects.toThrow(
      /no connection/,
    );
  });
});
