import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { RunPlan } from '../../src/engine/run-plan.ts';
import { samplePlan } from '../support/sample-plan.ts';

const { runPlan } = (await import(pathToFileURL('dist/engine/coordinator.js').href)) as { runPlan: RunPlan };

const event = finalizeEvent(
  { kind: 1, created_at: 1_700_000_000, tags: [], content: 'genuine' },
  generateSecretKey(),
);
const otherSignature = event.sig.startsWith('0') ? `1${event.sig.slice(1)}` : `0${event.sig.slice(1)}`;
const ANSWERS = {
  genuine: event,
  'a wrong signature': { ...event, sig: otherSignature },
  'a wrong id': { ...event, content: 'forged' },
  'no event': { id: event.id, tags: 'none' },
};

/** A relay that answers every REQ with this event. */
async function withRelay<T>(answer: unknown, action: (url: string) => Promise<T>): Promise<T> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (client) =>
    client.on('message', (data) => {
      const [type, subscription] = JSON.parse(data.toString());
      if (type !== 'REQ') return;
      client.send(JSON.stringify(['EVENT', subscription, answer]));
      client.send(JSON.stringify(['EOSE', subscription]));
    }),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await action(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const client of server.clients) client.terminate();
    server.close();
  }
}

it.concurrent.each([
  ['genuine', 0],
  ['a wrong signature', 1],
  ['a wrong id', 1],
  ['no event', 1],
] as const)('verifies received events off the clock: %s', async (name, invalidShare) => {
  const scenario = {
    connections: { count: 2 },
    verify: 'all',
    warmup: '0s',
    phases: [{ name: 'steady', duration: '1s' }],
    workloads: { query: { rate: '40/s', filters: [{ name: 'recent', filter: { kinds: [1], limit: 5 } }] } },
  };
  const { counters } = await withRelay(ANSWERS[name], (url) =>
    runPlan({
      plan: samplePlan(scenario, { targets: [url] }),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }),
  );
  expect(counters).toMatchObject({ queries_completed: 40, query_events_received: 40 });
  expect(counters).toMatchObject({ events_verified: 40, events_invalid: 40 * invalidShare });
});
