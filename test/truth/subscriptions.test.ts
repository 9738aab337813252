import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

const scenario = {
  connections: { count: 5 },
  workloads: { publish: { rate: '40/s', connections: 1 }, subscribe: { connections: 4, topics: 1 } },
};

describe('a relay that ends live subscriptions', () => {
  truthCase('what it ends for a while is opened again, and nothing that it ends is forgotten', {
    // The second and the fourth of the four, and so on: those that are opened again end again half of the time.
    script: { queries: { endedAfterEose: { every: 2, message: 'error: restarting' } } },
    scenario,
    duration: '4s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters.subscriptions_closed).toBeGreaterThanOrEqual(2);
      expect(counters.subscriptions_reopened).toBeGreaterThanOrEqual(2);
      // Every REQ beyond the first four was one of these.
      expect(run.relay.queries).toBe(4 + counters.subscriptions_reopened);
      // Two are live all the time; what the others have missed stays missing.
      expect(counters.deliveries_expected).toBe(640);
      expect(counters.deliveries_received + counters.deliveries_missing).toBe(640);
      expect(counters.deliveries_received).toBeGreaterThan(320);
    },
  });

  truthCase('what it ends for good stays ended', {
    script: { queries: { endedAfterEose: { every: 2, message: 'restricted: no more' } } },
    scenario,
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        subscriptions_closed: 2,
        subscriptions_reopened: 0,
        deliveries_received: 160,
        deliveries_missing: 160,
      });
    },
  });
});
