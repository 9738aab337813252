import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

const publishing = { publish: { rate: '50/s', connections: 2 } };
const following = { ...publishing, subscribe: { connections: 4, topics: 1 } };
/** A relay that answers after 50 ms, keeps what it was sent, and knows what it has. */
const KEEPS = {
  events: { delay: { kind: 'exact', ms: 50 }, knowsDuplicates: true },
  queries: { kept: {} },
} as const;
/** Exactly 400 ms after the loss, and 800 ms after that. */
const WITHOUT_JITTER = { first: '400ms', longest: '800ms', jitter: false };

describe('clients of a relay that drops them', () => {
  truthCase('come back when it is there again, and nothing is lost, sent twice or left out', {
    script: { ...KEEPS, connections: { outage: { afterMs: 1_500, forMs: 1_000 } } },
    scenario: {
      connections: { count: 6, reconnect: { first: '200ms', longest: '400ms' } },
      workloads: following,
    },
    duration: '5s',
    isSturdy: true,
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        connections_lost: 6,
        connections_reconnected: 6,
        connections_not_back: 0,
        subscriptions_resubscribed: 4,
        events_sent: 250,
        events_unsent: 0,
        events_timeout: 0,
        events_lost_at_close: 0,
        events_rejected: {},
        duplicates_unexplained: 0,
        deliveries_expected: 1_000,
        deliveries_received: 1_000,
        deliveries_missing: 0,
        deliveries_out_of_reach: 0,
        deliveries_duplicate: 0,
        stray_frames: 0,
      });
      // Two were under way for 50 ms at any time.
      expect(counters.events_resent).toBeGreaterThanOrEqual(1);
      expect(counters.events_accepted + counters.events_duplicate).toBe(250);
      // However often an event went out, the relay got 250 of them.
      expect(run.relay.events).toBe(250);
      expect(run.result.load.connections).toMatchObject({ requested: 6, opened: 6, failed: 0, dropped: 6 });
      expect(run.histogram('reconnect_latency').count).toBe(6);
    },
    whenValid: (run) => {
      // Nobody before the relay; it drops one after the other. At most one longest wait after that.
      run.expectMs('the first of them', run.quantileMs('reconnect_latency', 0), [980, 1_420]);
      run.expectMs('the last of them', run.quantileMs('reconnect_latency', 1), [980, 1_420]);
    },
  });

  truthCase('are away for as long as their waits say, and for what the relay takes', {
    script: { ...KEEPS, connections: { outage: { afterMs: 1_500, forMs: 1_000 } } },
    scenario: { connections: { count: 6, reconnect: WITHOUT_JITTER }, workloads: following },
    duration: '5s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        connections_reconnected: 6,
        reconnect_attempts: 12,
        connection_errors: {},
      });
      const failed = Object.values(run.result.counters.reconnect_errors);
      expect(failed.reduce((sum, each) => sum + each, 0)).toBe(6);
    },
    whenValid: (run) => {
      // Six come back to a cold relay in the same moment: the last of them waits for the others. One wait more would be 800 ms.
      run.expectQuantiles('reconnect_latency', { 0: [1_199, 1_240], 1: [1_199, 1_300] });
      run.expectQuantiles('restore_latency', { 1: [0, 80] });
    },
  });

  truthCase('are told of as not back where it never comes again', {
    script: { ...KEEPS, connections: { outage: { afterMs: 1_000, forMs: 60_000 } } },
    scenario: {
      connections: { count: 6, reconnect: { first: '100ms', longest: '200ms' } },
      workloads: { ...following, publish: { ...publishing.publish, timeout: '1s' } },
      drain: '500ms',
    },
    duration: '2s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        connections_lost: 6,
        connections_reconnected: 0,
        connections_not_back: 6,
        deliveries_missing: 0,
      });
      expect(counters.events_sent + counters.events_unsent).toBe(100);
      // What was due while they were away waited for them in vain.
      expect(counters.events_unsent).toBeGreaterThanOrEqual(20);
      expect(counters.reconnect_attempts).toBeGreaterThan(6);
    },
  });

  truthCase('authenticate again before they count as back', {
    script: {
      ...KEEPS,
      auth: { challenge: 'on-connect', delay: { kind: 'exact', ms: 30 } },
      connections: { outage: { afterMs: 1_000, forMs: 300 } },
    },
    scenario: { connections: { count: 6, reconnect: WITHOUT_JITTER }, workloads: following },
    duration: '3s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        connections_reconnected: 6,
        auths_accepted: 12,
        events_rejected: {},
        subscriptions_closed: 0,
        deliveries_missing: 0,
        deliveries_duplicate: 0,
      });
      expect(run.quantileMs('restore_latency', 0)).toBeGreaterThanOrEqual(30);
      expect(run.quantileMs('reconnect_latency', 0)).toBeGreaterThanOrEqual(429);
    },
  });

  truthCase('ask again what was not answered', {
    script: {
      queries: { stored: 3, delay: { kind: 'exact', ms: 200 } },
      connections: { outage: { afterMs: 1_000, forMs: 200 } },
    },
    scenario: {
      connections: { count: 4, reconnect: WITHOUT_JITTER },
      workloads: {
        publish: { rate: '5/s' },
        query: { rate: '40/s', filters: [{ name: 'all', filter: { kinds: [1], limit: 3 } }] },
      },
    },
    duration: '3s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        queries_sent: 120,
        queries_completed: 120,
        queries_lost_at_close: 0,
        queries_unsent: 0,
      });
      // Each takes 200 ms: eight are under way at any time.
      expect(counters.queries_resent).toBeGreaterThanOrEqual(4);
      // The relay may not have read all of them when it dropped their connection.
      expect(run.relay.queries).toBeGreaterThanOrEqual(120);
      expect(run.relay.queries).toBeLessThanOrEqual(120 + counters.queries_resent);
      expect(run.histogram('first_event_latency').count).toBe(120);
    },
  });
});

describe('what clients miss while they are away', () => {
  /** Fifty events come in the second in which the subscriber is away. */
  const second = {
    connections: { count: 2, reconnect: { first: '1s', jitter: false } },
    workloads: { publish: { rate: '50/s', connections: 1 }, subscribe: { connections: 1, topics: 1 } },
  };
  const outage = { afterMs: 500, of: 'subscribers' } as const;

  truthCase('comes with what they ask for when they are back', {
    script: { queries: { kept: {} }, connections: { outage } },
    scenario: second,
    duration: '3s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters).toMatchObject({
        connections_reconnected: 1,
        deliveries_expected: 150,
        deliveries_received: 150,
        deliveries_missing: 0,
        deliveries_out_of_reach: 0,
        deliveries_duplicate: 0,
      });
      expect(counters.deliveries_refilled).toBeGreaterThanOrEqual(45);
    },
  });

  truthCase('is missing where the relay leaves it out then', {
    script: { queries: { kept: { leaveOutEvery: 2 } }, connections: { outage } },
    scenario: second,
    duration: '3s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters.deliveries_expected).toBe(150);
      expect(counters.deliveries_received + counters.deliveries_missing).toBe(150);
      expect(counters.deliveries_missing).toBeGreaterThanOrEqual(5);
      expect(counters.deliveries_out_of_reach).toBe(0);
    },
  });

  truthCase('is out of reach, and held against nobody, where relays keep nothing of it', {
    script: { connections: { outage } },
    scenario: {
      ...second,
      // Ephemeral: who is not there does not get it (NIP-01).
      workloads: { ...second.workloads, publish: { ...second.workloads.publish, kind: 20_001 } },
    },
    duration: '3s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters.deliveries_missing).toBe(0);
      expect(counters.deliveries_received + counters.deliveries_out_of_reach).toBe(150);
      expect(counters.deliveries_out_of_reach).toBeGreaterThanOrEqual(45);
    },
  });
});

describe('a storm', () => {
  truthCase('cuts every connection without a word, and all come back as the cut says', {
    script: KEEPS,
    scenario: {
      connections: { count: 6, reconnect: WITHOUT_JITTER },
      workloads: { ...following, storm: { cuts: [{ phase: 'steady', at: 0.25 }] } },
    },
    duration: '4s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        connections_cut: 6,
        connections_lost: 0,
        connections_reconnected: 6,
        connections_not_back: 0,
        reconnect_attempts: 6,
        events_lost_at_close: 0,
        events_unsent: 0,
        deliveries_missing: 0,
        deliveries_duplicate: 0,
      });
      expect(run.relay.connections).toBe(12);
    },
    whenValid: (run) => run.expectQuantiles('reconnect_latency', { 0: [399, 440], 1: [399, 480] }),
  });
});
