import { describe, expect } from 'vitest';
import type { Counters } from '../../src/record/schema.ts';
import type { CountScript } from '../support/scripted-relay/script.ts';
import { truthCase } from './truth-case.ts';

/** Ten topics of ten notes each, counted one, or three at a time. */
const counts = (rate: `${number}/s`, timeout = '10s') => ({
  corpus: { events: 100, topics: 10 },
  workloads: {
    count: {
      rate,
      timeout,
      filters: [
        { name: 'topic', filter: { '#t': 1 } },
        { name: 'topics', filter: { kinds: [1], '#t': 3 } },
      ],
    },
  },
});

const countCase = (title: string, script: CountScript, counters: Partial<Counters>, timeout = '10s'): void =>
  truthCase(title, {
    script: { counts: script, queries: { kept: {} } },
    scenario: counts('100/s', timeout),
    duration: '1s',
    always: (run) => {
      expect(run.relay.counts).toBe(100);
      expect(run.result.counters).toMatchObject({ counts_sent: 100, ...counters });
    },
  });

describe('counts', () => {
  truthCase('exactly 50 ms is reported as 50 ms, of every shape, and every number is compared', {
    script: { counts: { delay: { kind: 'exact', ms: 50 } }, queries: { kept: {} } },
    scenario: counts('200/s'),
    duration: '3s',
    always: (run) => {
      expect(run.relay.counts).toBe(600);
      expect(run.result.counters).toMatchObject({
        counts_sent: 600,
        counts_completed: 600,
        counts_checked: 600,
        counts_approximate: 0,
        counts_inexact: 0,
        counts_wrong: {},
      });
      expect(run.quantileMs('count_latency{filter=topic}', 0)).toBeGreaterThanOrEqual(50);
    },
    whenValid: (run) => {
      for (const filter of ['topic', 'topics']) {
        run.expectQuantiles(`count_latency{filter=${filter}}`, { 0.5: [50, 51] });
        run.expectQuantiles(`count_latency_service{filter=${filter}}`, { 0.5: [50, 51] });
      }
    },
  });

  countCase('a number that is twice too high is wrong', { factor: 2 }, { counts_wrong: { 'too-many': 100 } });
  countCase('a number that is half too low is wrong', { factor: 0.5 }, { counts_wrong: { 'too-few': 100 } });
  countCase(
    'a number that an estimate could give is inexact, not wrong',
    { factor: 1.1 },
    { counts_inexact: 100, counts_wrong: {} },
  );
  countCase(
    'an estimate that says so is not judged',
    { factor: 5, estimate: 'approximate' },
    { counts_approximate: 100, counts_checked: 0, counts_wrong: {} },
  );
  countCase(
    'nor is one with registers',
    { factor: 5, estimate: 'hll' },
    { counts_approximate: 100, counts_checked: 0, counts_wrong: {} },
  );
  countCase(
    'a relay that wants AUTH, or does not count, refuses by CLOSED and is no timeout',
    { closed: { every: 2, message: 'auth-required: who are you' } },
    { counts_completed: 50, counts_closed: 50, count_closes: { 'auth-required': 50 } },
  );
  countCase(
    'a relay that never answers',
    { isSilent: true },
    { counts_completed: 0, counts_timeout: 100 },
    '500ms',
  );
});
