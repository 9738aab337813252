import { describe, expect } from 'vitest';
import type { Counters } from '../../src/record/schema.ts';
import type { QueryScript } from '../support/scripted-relay/script.ts';
import { truthCase } from './truth-case.ts';

const recent = { name: 'recent', filter: { kinds: [1], limit: 10 } };
const queries = (rate: `${number}/s`) => ({
  workloads: { query: { rate, filters: [recent], timeout: '1s' } },
});
const queryCase = (title: string, script: QueryScript, counters: Partial<Counters>): void =>
  truthCase(title, {
    script: { queries: script },
    scenario: queries('100/s'),
    duration: '1s',
    always: (run) => expect(run.result.counters).toMatchObject({ queries_sent: 100, ...counters }),
  });

describe('queries', () => {
  truthCase('CLOSE and REQ back to back cost less than 2 ms: no Nagle stall', {
    script: {},
    scenario: queries('200/s'),
    duration: '2s',
    always: (run) => expect(run.relay.closes).toBeGreaterThanOrEqual(390),
    whenValid: (run) => run.expectQuantiles('eose_latency', { 0.5: [0, 2], 0.95: [0, 2] }),
  });

  truthCase('first event and EOSE are timed apart from each other and from the write', {
    script: { queries: { delay: { kind: 'exact', ms: 20 }, stored: 3 } },
    scenario: queries('100/s'),
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ queries_completed: 200, query_events_received: 600 });
    },
    whenValid: (run) => {
      for (const series of ['first_event_latency', 'eose_latency', 'eose_latency_service']) {
        run.expectQuantiles(series, { 0.5: [20, 21], 0.95: [20, 23] });
      }
    },
  });

  queryCase('an EOSE of three elements ends a query', { eose: 'three-elements' }, { queries_completed: 100 });
  queryCase(
    'a query without EOSE times out',
    { eose: 'never' },
    { queries_completed: 0, queries_timeout: 100 },
  );
  queryCase(
    'a CLOSED ends a query and is not an answer',
    { closed: { every: 4, message: 'error: no' } },
    { queries_completed: 75, queries_closed: 25, query_closes: { error: 25 } },
  );

  truthCase('a relay that streams without end does not hold a query for ever', {
    script: { queries: { stored: 'endless' } },
    scenario: queries('5/s'),
    duration: '2s',
    always: (run) => {
      const { queries_sent, query_overflows, queries_timeout } = run.result.counters;
      expect(queries_sent).toBe(10);
      expect(query_overflows + queries_timeout).toBeGreaterThanOrEqual(10);
    },
  });
});
