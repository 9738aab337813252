// Somebody on the machine who publishes on the channel between the relays: without a password, and with that of a relay but
// without the key with which relays sign: garbage, an event with an empty signature, a position of the log that is far away.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';

const CHANNEL = 'nostr:events';
const AT_ONCE = 100;

function forgedTexts() {
  const draft = { kind: 1, created_at: Math.floor(Date.now() / 1_000), tags: [], content: 'forged' };
  const event = { ...finalizeEvent(draft, generateSecretKey()), sig: '0'.repeat(128) };
  const row = [event.id, event.pubkey, event.created_at, event.kind, null];
  const head = { type: 'event', from: 'relay-9', lsn: Number.MAX_SAFE_INTEGER, row };
  return [
    'x',
    '{"type":"gap","from":"relay-9","since":"0"}',
    '{"type":"gone","from":"relay-9","lsn":9007199254740991,"removed":1}',
    `${JSON.stringify(head)}\n${JSON.stringify(event)}`,
    `${'A'.repeat(43)}\n{"type":"bye","from":"relay-1"}`,
  ];
}

/** The user of a relay; null where this user may not read it. */
function login(dir) {
  try {
    return JSON.parse(readFileSync(join(dir, 'relay-secrets.json'), 'utf8')).redis;
  } catch (error) {
    if (error.code !== 'EACCES') throw error;
    return null;
  }
}

export default {
  name: 'bus-forgery',
  against: 'stack',
  isCheap: true,
  async start(_url, { dir }) {
    const { services } = JSON.parse(readFileSync(join(dir, 'stack.json'), 'utf8'));
    const port = services.find(({ kind }) => kind === 'redis-pubsub').ports.redis;
    const state = { isStopped: false, strangers: 0, forged: 0 };
    const stranger = new Redis({ port, retryStrategy: () => 100 });
    const insider = new Redis({ port, ...login(dir), retryStrategy: () => 100 });
    for (const client of [stranger, insider]) client.on('error', () => undefined);
    const texts = forgedTexts();
    const running = (async () => {
      while (!state.isStopped) {
        await stranger.publish(CHANNEL, 'x').catch(() => state.strangers++);
        await Promise.all(
          Array.from({ length: AT_ONCE }, (_, i) =>
            insider.publish(CHANNEL, texts[i % texts.length]).then(
              () => state.forged++,
              () => undefined,
            ),
          ),
        );
        await delay(10);
      }
    })();
    return {
      stop: async () => {
        state.isStopped = true;
        await running;
        for (const client of [stranger, insider]) client.disconnect();
      },
      get told() {
        return `messages on the channel between relays; ${state.strangers} refused for want of a password, ${state.forged} without the key of the stack`;
      },
    };
  },
};
