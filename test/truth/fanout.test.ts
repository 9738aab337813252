import { expect } from 'vitest';
import { spacedDeliveryMs } from './closed-forms.ts';
import { truthCase } from './truth-case.ts';

const SUBSCRIBERS = 200;

truthCase('A14: deliveries to 200 subscribers, 1 ms apart, are each timed and all counted', {
  script: { live: { spacingMs: 1 } },
  scenario: {
    connections: { count: SUBSCRIBERS + 1 },
    workloads: {
      publish: { rate: '3/s', connections: 1 },
      subscribe: { connections: SUBSCRIBERS },
    },
  },
  duration: '2s',
  always: (run) => {
    expect(run.result.counters).toMatchObject({
      events_accepted: 6,
      deliveries_expected: 6 * SUBSCRIBERS,
      deliveries_received: 6 * SUBSCRIBERS,
      deliveries_missing: 0,
      deliveries_duplicate: 0,
    });
    expect(run.result.ratios['delivery_ratio']).toBe(1);
  },
  whenValid: (run) => {
    const middle = spacedDeliveryMs(SUBSCRIBERS, 1, 0.5);
    const last = spacedDeliveryMs(SUBSCRIBERS, 1, 1);
    run.expectQuantiles('delivery_latency', { 0.5: [middle - 5, middle + 5], 1: [last - 8, last + 8] });
    run.expectQuantiles('delivery_last_latency', { 0.5: [last - 8, last + 8] });
  },
});

truthCase('deliveries that are left out are missing, those made twice are duplicates', {
  script: { live: { dropEvery: 10, twiceEvery: 4 } },
  scenario: {
    connections: { count: 11 },
    workloads: { publish: { rate: '50/s', connections: 1 }, subscribe: { connections: 10 } },
  },
  duration: '2s',
  always: (run) => {
    // Of every 20 deliveries 2 are left out; 5 would be made twice, one of which is among the 2.
    expect(run.result.counters).toMatchObject({
      deliveries_expected: 1_000,
      deliveries_received: 900,
      deliveries_missing: 100,
      deliveries_duplicate: 200,
    });
  },
});
