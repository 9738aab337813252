import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

const watching = (changes: object = {}) => ({
  connections: { count: 8 },
  workloads: {
    publish: { rate: '100/s', connections: 4 },
    visibility: { samples: '40/s', every: '1ms', atOnce: 8, connections: 4, ...changes },
  },
});

describe('visibility', () => {
  truthCase('an event that is found 80 ms after it has come is reported as 80 ms', {
    script: { queries: { kept: { visibleAfterMs: 80 } } },
    scenario: watching(),
    duration: '4s',
    always: (run) => {
      const {
        visibility_samples,
        visibility_seen,
        visibility_timeout,
        visibility_polls,
        visibility_behind_ok,
      } = run.result.counters;
      expect(visibility_samples).toBeGreaterThan(10);
      expect(visibility_seen).toBe(visibility_samples);
      expect(visibility_timeout).toBe(0);
      expect(run.relay.queries).toBe(visibility_polls);
      // The relay says OK at once: what is asked for after that is not there yet, unless the generator was that late.
      expect(visibility_behind_ok).toBeGreaterThan(0);
      expect(visibility_behind_ok).toBeLessThanOrEqual(visibility_samples);
      expect(run.quantileMs('visibility_latency', 0)).toBeGreaterThanOrEqual(79.9);
    },
    whenValid: (run) => {
      const { visibility_samples, visibility_behind_ok } = run.result.counters;
      expect(visibility_behind_ok).toBeGreaterThan(0.95 * visibility_samples);
      run.expectQuantiles('visibility_latency', { 0.5: [80, 82] });
      run.expectQuantiles('visibility_latency_service', { 0.5: [80, 82] });
    },
  });

  truthCase('an event that can be read at once is seen by the first REQ', {
    script: { queries: { kept: {} } },
    scenario: watching(),
    duration: '2s',
    always: (run) => {
      const { visibility_samples, visibility_seen, visibility_behind_ok } = run.result.counters;
      expect(visibility_samples).toBeGreaterThan(10);
      expect(visibility_seen).toBe(visibility_samples);
      expect(visibility_behind_ok).toBe(0);
    },
  });

  truthCase('an event that is never found is a timeout, and polls stay bounded', {
    script: { queries: {} },
    scenario: watching({ every: '50ms', atOnce: 2, timeout: '500ms' }),
    duration: '2s',
    always: (run) => {
      const { visibility_samples, visibility_seen, visibility_timeout, visibility_polls } =
        run.result.counters;
      expect(visibility_seen).toBe(0);
      expect(visibility_samples).toBeGreaterThan(0);
      expect(visibility_timeout).toBe(visibility_samples);
      // Two at once, each 20 times a second, for no longer than the load, the timeout and a second until that is noticed.
      expect(visibility_polls).toBeLessThanOrEqual(2 * 20 * 3.5);
      expect(run.relay.queries).toBe(visibility_polls);
    },
  });

  truthCase('an event that the relay refuses is not waited for', {
    script: { events: { reject: { every: 1, message: 'blocked: no' } }, queries: { kept: {} } },
    scenario: watching(),
    duration: '1s',
    always: (run) => {
      const { visibility_samples, visibility_refused } = run.result.counters;
      expect(visibility_samples).toBeGreaterThan(0);
      expect(visibility_refused).toBe(visibility_samples);
    },
  });
});
