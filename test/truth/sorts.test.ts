import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

describe('sorts of events', () => {
  truthCase('each has the latency of its own kind, and together they have that of all', {
    script: { events: { delay: { kind: 'exact', ms: 20 }, kindDelay: { kind: 7, ms: 40 } } },
    scenario: {
      connections: { count: 10 },
      workloads: {
        publish: {
          rate: '200/s',
          events: [
            { name: 'note', weight: 3 },
            { name: 'reaction', weight: 1, kind: 7, keys: 'fresh', connections: '30%' },
          ],
        },
      },
    },
    duration: '4s',
    always: (run) => {
      const { events_sent, events_accepted } = run.result.counters;
      expect(events_sent).toBe(800);
      expect(events_accepted).toBe(800);
      const reactions = run.histogram('ack_latency{event=reaction}').count;
      // 200 with a standard deviation of 12.
      expect(Math.abs(reactions - 200)).toBeLessThan(60);
      expect(run.histogram('ack_latency{event=note}').count + reactions).toBe(800);
      expect(run.histogram('ack_latency').count).toBe(800);
      expect(run.quantileMs('ack_latency{event=note}', 0)).toBeGreaterThanOrEqual(20);
      expect(run.quantileMs('ack_latency{event=reaction}', 0)).toBeGreaterThanOrEqual(60);
    },
    whenValid: (run) => {
      run.expectQuantiles('ack_latency{event=note}', { 0.5: [20, 21] });
      run.expectQuantiles('ack_latency{event=reaction}', { 0.5: [60, 61.5] });
      run.expectQuantiles('ack_latency{event=reaction}', { 0.95: [60, 62] });
    },
  });
});
