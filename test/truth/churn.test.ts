import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

const churning = (changes: object = {}) => ({
  connections: { count: 1 },
  workloads: {
    churn: {
      rate: '40/s',
      stay: { median: '300ms', sigma: 0.5 },
      filters: [{ name: 'some', filter: { kinds: [1], limit: 1 } }],
      ...changes,
    },
  },
});

describe('connections that come and go', () => {
  truthCase('an upgrade of 30 ms and an answer of 20 ms are reported as 30 ms and 50 ms', {
    script: { connections: { upgradeAfterMs: 30 }, queries: { delay: { kind: 'exact', ms: 20 } } },
    scenario: churning(),
    duration: '4s',
    always: (run) => {
      const { counters, load } = run.result;
      expect(counters.churn_connections).toBe(160);
      expect(run.relay.connections).toBe(161);
      expect(load.connections).toMatchObject({ opened: 161, failed: 0, dropped: 0 });
      expect(counters).toMatchObject({ churn_failed: 0, churn_lost: 0, connections_lost: 0 });
      expect(counters.churn_gone + counters.churn_staying).toBe(160);
      expect(counters.churn_gone).toBeGreaterThan(0);
      expect(counters.churn_requests_completed).toBe(160);
      expect(run.relay.queries).toBe(160);
      expect(run.quantileMs('connect_latency', 0)).toBeGreaterThanOrEqual(29.9);
      expect(run.quantileMs('churn_ready_latency{filter=some}', 0)).toBeGreaterThanOrEqual(49.9);
    },
    whenValid: (run) => {
      run.expectQuantiles('connect_latency', { 0.5: [30, 32] });
      run.expectQuantiles('connect_latency_service', { 0.5: [30, 32] });
      run.expectQuantiles('churn_ready_latency{filter=some}', { 0.5: [50, 53] });
    },
  });

  truthCase('connections that the relay closes are lost, those that never open have failed', {
    script: { connections: { closeAll: { everyMs: 700, code: 1006 } } },
    scenario: churning({ stay: { median: '20s', sigma: 0 } }),
    duration: '3s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters.churn_gone).toBe(0);
      expect(counters.churn_lost).toBeGreaterThan(50);
      expect(counters.churn_lost + counters.churn_staying + counters.churn_failed).toBe(
        counters.churn_connections,
      );
      // The one that was open before the load is lost as well.
      expect(counters.connections_lost).toBe(counters.churn_lost + 1);
    },
  });

  truthCase('they come in the phases alone that the scenario names', {
    script: {},
    scenario: {
      ...churning({ during: ['second'] }),
      phases: [
        { name: 'first', duration: '1s' },
        { name: 'second', duration: '1s' },
      ],
    },
    duration: '2s',
    always: (run) => {
      expect(run.result.counters.churn_connections).toBe(40);
      expect(run.histogram('connect_latency{phase=second}').count).toBe(40);
      expect([...run.result.histograms.keys()]).not.toContain('connect_latency{phase=first}');
    },
  });
});
