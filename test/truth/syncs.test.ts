import { describe, expect } from 'vitest';
import type { Counters } from '../../src/record/schema.ts';
import type { SyncScript } from '../support/scripted-relay/script.ts';
import { truthCase } from './truth-case.ts';

/** A hundred notes at the relay, of which each client lacks five; it has two that the relay lacks. */
const syncs = (rate: `${number}/s`, timeout = '10s') => ({
  corpus: { events: 100, topics: 4 },
  workloads: { sync: { rate, missing: 5, extra: 2, timeout } },
});

const syncCase = (title: string, script: SyncScript, counters: Partial<Counters>, timeout = '10s'): void =>
  truthCase(title, {
    script: { syncs: script, queries: { kept: {} } },
    scenario: syncs('40/s', timeout),
    duration: '1s',
    always: (run) => {
      expect(run.relay.syncs).toBe(40);
      expect(run.result.counters).toMatchObject({ syncs_sent: 40, ...counters });
    },
  });

describe('syncs', () => {
  truthCase(
    'three answers of 100 ms each are reported as 300 ms and three round trips, and all differences are found',
    {
      script: { syncs: { delay: { kind: 'exact', ms: 100 }, rounds: 3 }, queries: { kept: {} } },
      scenario: syncs('50/s'),
      duration: '3s',
      always: (run) => {
        expect(run.relay).toMatchObject({ syncs: 150, syncMessages: 450, syncCloses: 150 });
        expect(run.result.counters).toMatchObject({
          syncs_sent: 150,
          syncs_completed: 150,
          sync_rounds: 450,
          syncs_wrong: {},
          syncs_refused: {},
        });
        expect(run.quantileMs('sync_latency', 0)).toBeGreaterThanOrEqual(300);
      },
      whenValid: (run) => {
        // 1.5 %: three times what the network and two processes that wake up take.
        run.expectQuantiles('sync_latency', { 0.5: [300, 304.5] });
        run.expectQuantiles('sync_latency_service', { 0.5: [300, 304.5] });
      },
    },
  );

  syncCase(
    'a relay that says nothing of some of its events has not reconciled them',
    { leaveOutEvery: 2 },
    { syncs_completed: 40, syncs_wrong: { unfound: 40 } },
  );
  syncCase(
    'a relay that refuses is counted by its reason',
    { error: 'blocked: too many' },
    { syncs_completed: 0, syncs_refused: { blocked: 40 } },
  );
  syncCase(
    'an answer that is no Negentropy ends the sync',
    { text: '61zz' },
    { syncs_completed: 0, syncs_refused: { malformed: 40 } },
  );
  syncCase(
    'a relay whose ranges never end does not converge',
    { rounds: 1_000_000_000, delay: { kind: 'exact', ms: 5 } },
    { syncs_completed: 0, syncs_timeout: 40 },
    '300ms',
  );
});
