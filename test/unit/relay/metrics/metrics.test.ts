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
