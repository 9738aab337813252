import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

describe('answers after the last arrival', () => {
  truthCase('an answer that comes after the drain and before its deadline is no lost one', {
    script: { events: { delay: { kind: 'exact', ms: 1_500 } } },
    scenario: { workloads: { publish: { rate: '200/s', timeout: '10s' } }, drain: '500ms' },
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ events_accepted: 400, events_timeout: 0 });
      expect(run.histogram('ack_latency').percentileOfAll(95)).toBeGreaterThanOrEqual(1_500_000);
    },
  });
});
