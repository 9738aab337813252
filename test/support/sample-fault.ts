import type { RunRecord } from '../../src/record/schema.ts';

type Fault = RunRecord['faults'][number];

/** A relay that was killed at second 12, noticed at once and back after two seconds. */
export function sampleFault(changes: Partial<Fault> = {}): Fault {
  return {
    at: 12,
    action: 'kill',
    on: 'relay/2',
    parts: ['relay-2'],
    forMs: null,
    undoneMs: null,
    detail: null,
    problem: null,
    notices: [
      { afterMs: 110, text: 'HAProxy gave up relay-2' },
      { afterMs: 160, text: 'the supervisor started relay-2 again' },
    ],
    detectedMs: 50,
    detectedBy: 'clients',
    recoveredMs: 2_000,
    silenceMs: 100,
    reasons: { 'close_codes{1006}': 16, events_lost_at_close: 3 },
    errors: 19,
    p99_us: { ack_latency: 84_000 },
    lost: 0,
    duplicated: 2,
    outOfOrder: null,
    baseline: {
      seconds: 7,
      errors: 0,
      connections: 50,
      answered: 1,
      p95Limit_us: { ack_latency: 100_000 },
      silenceMs: 50,
    },
    notMeasured: { outOfOrder: 'relays promise no order of live events (NIP-01): none can be broken' },
    ...changes,
  };
}
