import { describe, expect } from 'vitest';
import { type PeriodicStall, stallMeanMs, stallQuantileMs } from './closed-forms.ts';
import { truthCase } from './truth-case.ts';

const stall: PeriodicStall = {
  delayMs: 0,
  stallMs: 1_000,
  periodMs: 10_000,
  rate_per_s: 500,
  capacity_per_s: 5_000,
};
const freeze = { everyMs: stall.periodMs, forMs: stall.stallMs };

describe('a relay that stalls', () => {
  truthCase('A4: 1 s in every 10 s shows in p95 and above, from the intended time', {
    script: { events: { freeze, capacity_per_s: stall.capacity_per_s } },
    scenario: { connections: { count: 4 }, workloads: { publish: { rate: '500/s' } } },
    duration: '10s',
    isSturdy: true,
    whenValid: (run) => {
      run.expectQuantiles('ack_latency', {
        0.5: [0, 3],
        0.95: [500, 560],
        0.97: [700, 740],
        0.99: [900, 925],
        1: [1_000 - 2, 1_030],
      });
      run.expectMs('mean', run.meanMs('ack_latency'), [50, 57]);
    },
  });

  const slow = { ...stall, capacity_per_s: 1_000 };
  truthCase('A5: a backlog that drains slowly lengthens the stall as the closed form says', {
    script: { events: { freeze, capacity_per_s: slow.capacity_per_s } },
    scenario: { connections: { count: 4 }, workloads: { publish: { rate: '500/s' } } },
    duration: '10s',
    isSturdy: true,
    whenValid: (run) => {
      for (const q of [0.95, 0.97, 0.99]) {
        const expected = stallQuantileMs(slow, q);
        run.expectQuantiles('ack_latency', { [q]: [expected - 15, expected + 15] });
      }
      const mean = stallMeanMs(slow);
      run.expectMs('mean', run.meanMs('ack_latency'), [mean - 5, mean + 5]);
    },
  });

  truthCase('A9: a closed loop hides the stall and is labelled as closed', {
    script: { events: { freeze: { everyMs: 4_000, forMs: 1_000 }, capacity_per_s: stall.capacity_per_s } },
    scenario: { load: { model: 'closed' }, workloads: { publish: {} } },
    duration: '4s',
    always: (run) => {
      expect(run.result.load.model).toBe('closed');
      expect(run.quantileMs('ack_latency', 1)).toBeGreaterThanOrEqual(990);
    },
    whenValid: (run) => run.expectQuantiles('ack_latency', { 0.99: [0, 5] }),
  });

  truthCase('a relay that stops reading: latency grows from the intended time, although writes wait', {
    script: { connections: { stopReading: { afterMs: 1_000, forMs: 2_000 } } },
    // 48 MB/s: more than any socket buffer holds while the relay reads nothing.
    scenario: { workloads: { publish: { rate: '800/s', contentBytes: 60_000 } }, drain: '10s' },
    duration: '4s',
    always: (run) => {
      // 2 of 4 s are stalled: the closed form gives p90 = 2 s − 0.1 × 4 s, later still while the backlog drains.
      expect(run.quantileMs('ack_latency', 0.9)).toBeGreaterThanOrEqual(1_580);
      expect(run.quantileMs('ack_latency', 1)).toBeGreaterThanOrEqual(1_980);
      expect(run.quantileMs('send_lag', 1), 'longest wait for the write').toBeGreaterThan(300);
      const hidden = run.meanMs('ack_latency') - run.meanMs('ack_latency_service');
      expect(hidden, 'what the time from the write alone would hide').toBeGreaterThan(30);
    },
  });
});
