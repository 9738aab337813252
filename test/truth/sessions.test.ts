import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { NamedCorpus } from '../../src/plan/parts.ts';
import { socialCorpus } from '../support/named-corpus.ts';
import { truthCase } from './truth-case.ts';

const CLIENTS = 20;
let parent = '';
let corpus: NamedCorpus;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'relay-bench-truth-'));
  corpus = await socialCorpus(parent, 300);
}, 60_000);
afterAll(() => rm(parent, { recursive: true, force: true }));

/** Clients that live a hundred times as fast as real ones. */
const visiting = (changes: object = {}) => ({
  connections: { count: CLIENTS, rate: '200/s' },
  corpus: { profile: 'social', events: 300 },
  workloads: {
    sessions: {
      rate: '8/s',
      stay: { median: '2s', sigma: 0.5 },
      subscriptions: { from: 5, to: 8 },
      query: { from: '300ms', to: '900ms' },
      write: { from: '300ms', to: '900ms' },
      ...changes,
    },
  },
});

describe('clients in their sessions', () => {
  truthCase('answers of 40 ms, OKs of 15 ms and upgrades of 30 ms are reported as such', {
    script: {
      connections: { upgradeAfterMs: 30 },
      queries: { delay: { kind: 'exact', ms: 40 } },
      events: { delay: { kind: 'exact', ms: 15 } },
    },
    scenario: visiting(),
    corpus: () => corpus,
    duration: '5s',
    always: (run) => {
      const { counters, load } = run.result;
      expect(counters.session_clients).toBe(40);
      expect(run.relay.connections).toBe(CLIENTS + 40);
      expect(counters.session_requests_completed).toBe(counters.session_requests_sent);
      expect(counters.session_requests_sent).toBe(run.relay.queries);
      expect(counters.session_requests_sent).toBeGreaterThan(5 * CLIENTS);
      expect(counters.session_writes_accepted).toBe(counters.session_writes_sent);
      expect(counters.session_writes_sent).toBe(run.relay.events - 300);
      expect(counters.session_clients_left + counters.session_clients_staying).toBe(40);
      expect(counters.session_clients_left).toBeGreaterThan(0);
      expect(counters).toMatchObject({ connections_lost: 0, stray_frames: 0, malformed_frames: 0 });
      expect(load.offered.requests).toBe(counters.session_requests_sent);
      expect(load.achieved.requests).toBe(counters.session_requests_sent);
      // Subscriptions that stay open are closed with their connection, the others after EOSE.
      expect(run.relay.closes).toBe(
        counters.session_requests_completed - counters.session_subscriptions_opened,
      );
      expect(run.quantileMs('session_request_latency', 0)).toBeGreaterThanOrEqual(39.9);
    },
    whenValid: (run) => {
      run.expectQuantiles('session_request_latency', { 0.5: [40, 42] });
      run.expectQuantiles('session_request_latency_service', { 0.5: [40, 42] });
      run.expectQuantiles('session_write_latency', { 0.5: [15, 17] });
      run.expectQuantiles('connect_latency', { 0.5: [30, 32] });
      run.expectQuantiles('session_ready_latency', { 0.5: [70, 73] });
    },
  });

  truthCase('who is thrown out is lost, with what was under way', {
    script: {
      connections: { closeAll: { everyMs: 1_500, code: 1006 } },
      queries: { delay: { kind: 'exact', ms: 200 } },
    },
    scenario: visiting({ stay: { median: '1m', sigma: 0 } }),
    corpus: () => corpus,
    duration: '4s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters.session_clients_lost).toBeGreaterThan(3);
      expect(counters.session_clients).toBe(
        counters.session_clients_lost + counters.session_clients_staying + counters.session_clients_failed,
      );
      expect(counters.session_requests_lost_at_close).toBeGreaterThan(0);
      expect(counters.session_requests_sent).toBe(
        counters.session_requests_completed + counters.session_requests_lost_at_close,
      );
      expect(counters.connections_lost).toBeGreaterThan(CLIENTS);
    },
  });

  truthCase('a relay that asks who they are is told, and asked again', {
    script: { auth: { challenge: 'before-refusal' } },
    scenario: visiting(),
    corpus: () => corpus,
    duration: '3s',
    always: (run) => {
      const { counters } = run.result;
      expect(counters.session_requests_completed).toBe(counters.session_requests_sent);
      expect(counters.session_writes_accepted).toBe(counters.session_writes_sent);
      expect(counters.queries_retried_after_auth).toBeGreaterThan(0);
      expect(counters.session_requests_closed).toBe(0);
    },
  });
});
