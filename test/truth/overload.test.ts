import { expect } from 'vitest';
import { overloadQuantileMs } from './closed-forms.ts';
import { truthCase } from './truth-case.ts';

truthCase('A10: offering more than the relay can do shows as growing latency, not as a lower rate', {
  script: { events: { capacity_per_s: 300 } },
  scenario: {
    connections: { count: 4 },
    workloads: { publish: { rate: '500/s', timeout: '30s' } },
    drain: '20s',
  },
  duration: '5s',
  isSturdy: true,
  always: (run) => {
    expect(run.result.counters).toMatchObject({ events_sent: 2_500, events_accepted: 2_500 });
    expect(Math.abs(run.result.load.offered.eventsPerSecond / 500 - 1)).toBeLessThanOrEqual(0.01);
  },
  whenValid: (run) => {
    const overload = { rate_per_s: 500, capacity_per_s: 300, forMs: 5_000 };
    for (const q of [0.5, 0.99, 1]) {
      const expected = overloadQuantileMs(overload, q);
      run.expectQuantiles('ack_latency', { [q]: [expected * 0.98, expected * 1.02] });
    }
    const whileOffered = run.result.intervals.slice(1, 4).map((row) => row.acked);
    const perSecond = whileOffered.reduce((sum, acked) => sum + acked, 0) / whileOffered.length;
    expect(Math.abs(perSecond / 300 - 1), `${perSecond} acknowledged a second`).toBeLessThanOrEqual(0.02);
  },
});

truthCase('A18: a connect storm is timed from the scheduled open', {
  script: { connections: { accept_per_s: 100 } },
  scenario: { workloads: { connect: { rate: '200/s' } }, drain: '5s' },
  duration: '1s',
  isSturdy: true,
  always: (run) => expect(run.histogram('connect_latency').count).toBe(200),
  whenValid: (run) => {
    run.expectQuantiles('connect_latency', { 0.5: [450, 550], 0.95: [900, 1_000], 1: [950, 1_050] });
  },
});
