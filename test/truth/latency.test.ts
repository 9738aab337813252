import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

describe('latency of a relay that answers in a known time', () => {
  truthCase('A1: exactly 50 ms at 500/s is reported as 50 ms, for every event', {
    script: { events: { delay: { kind: 'exact', ms: 50 } } },
    scenario: { connections: { count: 10 }, workloads: { publish: { rate: '500/s' } } },
    duration: '5s',
    always: (run) => {
      expect(run.histogram('ack_latency').count).toBe(2_500);
      expect(run.result.counters).toMatchObject({ events_sent: 2_500, events_accepted: 2_500 });
      expect(run.quantileMs('ack_latency', 0)).toBeGreaterThanOrEqual(50);
    },
    whenValid: (run) => {
      run.expectQuantiles('ack_latency', { 0.5: [50, 51], 0.95: [50, 53], 0.99: [50, 56] });
      run.expectMs('mean', run.meanMs('ack_latency'), [50, 51]);
    },
  });

  truthCase('A2: an instant relay shows the overhead of the tool itself: below 1 ms', {
    script: {},
    scenario: { workloads: { publish: { rate: '100/s' } } },
    duration: '2s',
    whenValid: (run) => run.expectQuantiles('ack_latency', { 0.5: [0, 1] }),
  });

  truthCase('A3: two speeds are kept apart: 95 % at 10 ms, 5 % at 200 ms', {
    script: { events: { delay: { kind: 'bimodal', fastMs: 10, slowMs: 200, slowEvery: 20, seed: 1 } } },
    scenario: { connections: { count: 4 }, workloads: { publish: { rate: '500/s' } } },
    duration: '5s',
    whenValid: (run) => {
      run.expectQuantiles('ack_latency', {
        0.5: [10, 11],
        0.94: [10, 12],
        0.96: [200, 204],
        0.99: [200, 206],
      });
    },
  });

  truthCase('a slow signer moves no latency', {
    script: { events: { delay: { kind: 'exact', ms: 20 } } },
    scenario: { workloads: { publish: { rate: '20/s' } } },
    duration: '3s',
    preload: 'slow-signer.mjs',
    always: (run) => expect(run.result.counters.events_accepted).toBe(60),
    whenValid: (run) => {
      run.expectQuantiles('ack_latency', { 0.5: [20, 21] });
      run.expectQuantiles('ack_latency_service', { 0.5: [20, 21] });
    },
  });
});
