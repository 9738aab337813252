import { expect, it } from 'vitest';
import { createMetrics } from '../../../../src/relay/metrics/metrics.ts';
import { RelayStats } from '../../../../src/relay/metrics/stats.ts';

const none = (): number => 0;
const sources = {
  ...{ subscriptions: none, filterBytes: none, verifyQueueDepth: none, ingestInFlight: none },
  storeUsage: () => ({ events: 0, bytes: 0, limitBytes: null }),
};

it.each([
  [
    { kind: 'native', library: 'libsecp256k1.so.1', reason: null },
    'kind="native",library="libsecp256k1.so.1"',
  ],
  [{ kind: 'wasm', library: null, reason: 'no koffi' }, 'kind="wasm",library=""'],
  [null, 'kind="none",library=""'],
] as const)('the metrics of a relay name what checks signatures: %j', async (verifier, labels) => {
  const metrics = createMetrics({ ...sources, stats: new RelayStats(), verifier });
  try {
    expect(await metrics.registry.metrics()).toContain(`nostr_verifier_info{${labels}} 1`);
  } finally {
    metrics.close();
  }
});

it('the metrics of a relay say what compression makes of messages, each way', async () => {
  const stats = new RelayStats();
  stats.compressedConnections = 3;
  Object.assign(stats.compression, { deflated: 5, deflatedBefore_bytes: 500, deflatedAfter_bytes: 300 });
  Object.assign(stats.compression, { inflated: 2, inflatedBefore_bytes: 20, inflatedAfter_bytes: 40 });
  const metrics = createMetrics({ ...sources, stats, verifier: null });
  try {
    const lines = (await metrics.registry.metrics()).split('\n');
    expect(lines.filter((line) => /^nostr_(un)?compressed/.test(line))).toEqual([
      'nostr_compressed_connections 3',
      'nostr_compressed_messages_total{direction="in"} 2',
      'nostr_compressed_messages_total{direction="out"} 5',
      'nostr_compressed_bytes_total{direction="in"} 20',
      'nostr_compressed_bytes_total{direction="out"} 300',
      'nostr_uncompressed_bytes_total{direction="in"} 40',
      'nostr_uncompressed_bytes_total{direction="out"} 500',
    ]);
  } finally {
    metrics.close();
  }
});
