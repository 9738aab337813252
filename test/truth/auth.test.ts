import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

const DELAY = { kind: 'exact', ms: 30 } as const;
const publishing = { workloads: { publish: { rate: '100/s' } } };

describe('a relay that demands AUTH for everything', () => {
  truthCase('an AUTH that takes 30 ms is reported as 30 ms, and what it held up is sent again', {
    script: { auth: { challenge: 'before-refusal', delay: DELAY } },
    // One client after the other sends its first event, over four seconds: most of them long after the cold start.
    scenario: {
      connections: { count: 80, pick: 'round-robin' },
      workloads: { publish: { rate: '20/s' } },
    },
    duration: '5s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        auths_sent: 80,
        auths_accepted: 80,
        auths_rejected: {},
        events_sent: 100,
        events_accepted: 100,
        events_retried_after_auth: 80,
        events_rejected: {},
        stray_frames: 0,
      });
      expect(run.relay).toMatchObject({ auths: 80, authKeys: 80, events: 100 });
      expect(run.histogram('auth_latency').count).toBe(80);
      expect(run.quantileMs('auth_latency', 0)).toBeGreaterThanOrEqual(30);
    },
    whenValid: (run) => run.expectQuantiles('auth_latency', { 0.5: [30, 32] }),
  });

  truthCase('a client that authenticates when it is challenged has nothing to send again', {
    script: { auth: { challenge: 'on-connect', delay: DELAY } },
    scenario: { connections: { count: 10, auth: 'on-connect' }, ...publishing },
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        auths_accepted: 10,
        events_retried_after_auth: 0,
        events_accepted: 200,
      });
      // The ramp belongs to the start of a process: no upper bound holds there.
      expect(run.quantileMs('auth_latency', 0)).toBeGreaterThanOrEqual(30);
    },
  });

  truthCase(
    'a challenge behind the refusal is answered too; queries and live subscriptions are asked again',
    {
      script: { auth: { challenge: 'behind-refusal', delay: DELAY }, queries: { stored: 2 } },
      scenario: {
        connections: { count: 8 },
        workloads: {
          publish: { rate: '20/s', connections: 2 },
          subscribe: { connections: 4, topics: 1 },
          query: {
            rate: '40/s',
            connections: 2,
            filters: [{ name: 'all', filter: { kinds: [1], limit: 2 } }],
          },
        },
      },
      duration: '2s',
      always: (run) => {
        const { counters } = run.result;
        expect(counters).toMatchObject({
          events_accepted: 40,
          queries_completed: 80,
          queries_closed: 0,
          subscriptions_closed: 0,
          subscriptions_retried_after_auth: 4,
          deliveries_received: 160,
          deliveries_missing: 0,
        });
        expect(counters.queries_retried_after_auth).toBeGreaterThanOrEqual(1);
      },
    },
  );

  truthCase('an AUTH that is refused leaves the refusal standing, with its prefix', {
    script: { auth: { challenge: 'on-connect', reject: 'restricted: members only' } },
    scenario: { connections: { count: 4 }, ...publishing },
    duration: '1s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        auths_sent: 4,
        auths_accepted: 0,
        auths_rejected: { restricted: 4 },
        events_retried_after_auth: 0,
        events_rejected: { 'auth-required': 100 },
      });
    },
  });

  truthCase('a client that never authenticates is refused', {
    script: { auth: { challenge: 'on-connect' } },
    scenario: { connections: { count: 4, auth: 'never' }, ...publishing },
    duration: '1s',
    always: (run) =>
      expect(run.result.counters).toMatchObject({ auths_sent: 0, events_rejected: { 'auth-required': 100 } }),
  });
});
