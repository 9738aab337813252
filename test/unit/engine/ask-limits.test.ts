import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { askLimits } from '../../../src/engine/ask-limits.ts';

let server: WebSocketServer | undefined;
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
});

/** What a relay answers to a message, which is the n-th of its connection from 1 on. */
type Answer = (
  message: readonly unknown[],
  n: number,
  bytes: number,
) => readonly unknown[] | 'close' | 'object' | null;

const LETS_ALL_THROUGH: Answer = ([type, name]) =>
  type === 'EVENT' ? ['OK', (name as { id: string }).id, true, ''] : ['EOSE', name];

/** Kinds of the findings about a relay that advertises 3 subscriptions, 512 bytes and 10 bits. */
async function found(answer: Answer, limitation: object = ALL): Promise<readonly string[]> {
  const relay = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server = relay;
  await new Promise((resolve) => relay.once('listening', resolve));
  relay.on('connection', (client: WebSocket) => {
    let n = 0;
    client.on('message', (data: RawData) => {
      const text = data.toString();
      const reply = answer(JSON.parse(text) as readonly unknown[], ++n, text.length);
      if (reply === 'close') client.close(1009);
      else if (reply === 'object') {
        client.send(JSON.stringify(['EOSE', JSON.parse(text)[1]]));
        setTimeout(() => client.send(JSON.stringify(['NOTICE', 'ERROR: too many concurrent REQs'])), 50);
      } else if (reply !== null) client.send(JSON.stringify(reply));
    });
  });
  const url = `ws://127.0.0.1:${(relay.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const findings = await askLimits({ url, insecure: false, timeoutMs: 300, limitation, signal });
  return findings.map(({ kind }) => kind);
}

const ALL = { max_subscriptions: 3, max_message_length: 512, min_pow_difficulty: 10 };

describe('limits that a relay advertises', () => {
  it('are findings where it lets everything through', async () => {
    expect(await found(LETS_ALL_THROUGH)).toEqual([
      'subscriptions-not-enforced',
      'length-not-enforced',
      'work-not-enforced',
    ]);
  });

  it('are enforced where it refuses in words', async () => {
    const refuse: Answer = (message, n, bytes) => {
      const [type, name] = message;
      if (type === 'EVENT') return ['OK', (name as { id: string }).id, false, 'pow: 10 bits'];
      if (bytes > 512) return ['NOTICE', 'too long'];
      return n > 3 ? ['CLOSED', name, 'error: too many subscriptions'] : ['EOSE', name];
    };
    expect(await found(refuse)).toEqual([]);
  });

  it('are enforced where it closes the connection, or says nothing', async () => {
    const drop: Answer = (message, n, bytes) => {
      if (message[0] === 'EVENT') return null;
      if (bytes > 512) return 'close';
      return n > 3 ? null : ['EOSE', message[1]];
    };
    expect(await found(drop)).toEqual([]);
  });

  it('are enforced where it answers first and objects then', async () => {
    const answer: Answer = (message, n) => (n > 3 ? 'object' : ['EOSE', message[1]]);
    expect(await found(answer, { max_subscriptions: 3 })).toEqual([]);
  });

  it('are not asked for where there are none, or far too large ones', async () => {
    const asked: unknown[] = [];
    const note: Answer = (message) => {
      asked.push(message);
      return null;
    };
    await found(note, {});
    await found(note, { max_subscriptions: 0, max_message_length: 2 ** 30, min_pow_difficulty: 0 });
    await found(note, { max_subscriptions: 100_000 });
    expect(asked).toEqual([]);
  });
});
