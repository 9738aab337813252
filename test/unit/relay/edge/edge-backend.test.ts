import { expect, it } from 'vitest';
import { openEdge } from '../../../../src/relay/edge/edge-backend.ts';
import { READS_AT_ONCE } from '../../../../src/relay/work/reads.ts';

it('an edge takes many more questions of one client at once than a relay: those that wait for the origin are in no way of what it holds', () => {
  const { readsAtOnce } = openEdge(
    { origin: 'ws://127.0.0.1:1', maxStaleS: 30 },
    { memoryLimitBytes: 1e6 },
    {
      nowSeconds: () => 0,
      onError: () => undefined,
      log: () => undefined,
      onFatal: () => undefined,
      deliver: () => undefined,
      verify: () => 'valid',
    },
  );
  expect(readsAtOnce).toBeGreaterThanOrEqual(10 * READS_AT_ONCE);
});
