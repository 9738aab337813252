import { expect, it } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

// Built-in scenarios, shortened, as processes against the embedded relay. How fast anything is and whether a busy machine
// makes a run invalid is not asserted.

/** Runs a built-in for two seconds. */
async function shortRun(scenario: string, args: readonly string[] = []): Promise<RunRecord> {
  const out = await tempDir();
  const short = ['--duration', '2s', '--warmup', '0s', '--connections', '10', '--seed', '3'];
  const cache = ['--cache', await tempDir()];
  await runCli(['run', scenario, '--out', out, '--format', 'json', ...short, ...cache, ...args]);
  return readRunRecord(`${out}/run.json`);
}

/** Gates that do not ask how fast it was. */
function brokenGates({ gates }: RunRecord): readonly string[] {
  const isOfTime = (metric: string): boolean =>
    metric.endsWith('_latency') || metric === 'achieved_rate_ratio';
  return gates
    .filter(({ metric, verdict }) => !isOfTime(metric) && verdict !== 'pass')
    .map(({ expression }) => expression);
}

it('visibility: every watched event of the embedded relay is seen, on another connection', async () => {
  const record = await shortRun('visibility');
  const { counters, metrics } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.events_accepted).toBe(counters.events_sent);
  expect(counters.visibility_samples).toBeGreaterThan(5);
  expect(counters.visibility_seen).toBe(counters.visibility_samples);
  expect(counters.visibility_polls).toBeGreaterThanOrEqual(counters.visibility_seen);
  expect(counters).toMatchObject({ visibility_behind_ok: 0, visibility_timeout: 0, visibility_closes: {} });
  expect(metrics['visibility_latency']?.count).toBe(counters.visibility_seen);
  expect(counters).toMatchObject({ notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('shapes: the embedded relay answers twelve everyday questions rightly', async () => {
  const record = await shortRun('shapes');
  const { counters, metrics } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.queries_completed).toBe(counters.queries_sent);
  // A checker that can't keep up leaves some out.
  expect(counters.answers_checked).toBeGreaterThan(10);
  expect(counters).toMatchObject({ answers_wrong: {}, query_overflows: 0, events_after_eose: 0 });
  expect(counters.query_events_received).toBeGreaterThan(counters.queries_completed);
  const asked = Object.keys(metrics).filter((name) => name.startsWith('eose_latency{'));
  expect(asked).toHaveLength(12);
});

it('sync: every client finds exactly the 50 events that it lacks and the 10 that the embedded relay lacks', async () => {
  const record = await shortRun('sync');
  const { counters, load } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(load.offered.syncs).toBeGreaterThan(0);
  expect(counters.syncs_completed).toBe(counters.syncs_sent);
  expect(counters).toMatchObject({ syncs_wrong: {}, syncs_refused: {}, syncs_timeout: 0 });
  expect(counters.sync_rounds).toBeGreaterThanOrEqual(2 * counters.syncs_completed);
  expect(counters.sync_bytes).toBeGreaterThan(60 * 32 * counters.syncs_completed);
  expect(record.metrics['sync_latency']?.count).toBe(counters.syncs_completed);
  expect(counters).toMatchObject({ notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('count: the numbers of the embedded relay are compared with the corpus, and none is wrong', async () => {
  const { counters, load, metrics, gates, ...rest } = await shortRun('count');
  expect(brokenGates({ counters, load, metrics, gates, ...rest })).toEqual([]);
  expect(load.offered.counts).toBeGreaterThan(0);
  expect(counters.counts_sent + counters.counts_unsent + counters.counts_dropped).toBe(load.offered.counts);
  expect(counters.counts_completed).toBe(counters.counts_sent);
  // Of authors of whom nothing lasts neither a least nor a most is known.
  expect(counters.counts_checked).toBeGreaterThan(0.8 * counters.counts_completed);
  expect(counters).toMatchObject({ counts_approximate: 0, counts_inexact: 0, counts_wrong: {} });
  expect(metrics['count_latency']?.count).toBe(counters.counts_completed);
  expect(counters).toMatchObject({ notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('churn: connections to the embedded relay come, get their answer and go, and none is lost', async () => {
  const record = await shortRun('churn', ['--duration', '4s']);
  const { counters, load, metrics } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.churn_connections).toBeGreaterThan(10);
  expect(load.connections).toMatchObject({ opened: 10 + counters.churn_connections, failed: 0, dropped: 0 });
  expect(counters.churn_gone + counters.churn_staying).toBe(counters.churn_connections);
  expect(counters.churn_requests).toBe(counters.churn_connections);
  expect(counters.churn_requests_completed).toBe(counters.churn_requests);
  expect(counters.churn_events_received).toBeGreaterThanOrEqual(50 * counters.churn_requests_completed);
  expect(metrics['churn_ready_latency{filter=global-feed}']?.count).toBe(counters.churn_connections);
  expect(counters).toMatchObject({ connections_lost: 0, notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('sessions: clients of the embedded relay get all that they ask for, and their notes are taken', async () => {
  const record = await shortRun('sessions', ['--duration', '6s', '--connections', '20']);
  const { counters, load } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.session_requests_sent).toBeGreaterThan(100);
  expect(counters.session_requests_completed).toBe(counters.session_requests_sent);
  expect(counters.session_events_stored).toBeGreaterThan(counters.session_requests_completed);
  expect(counters.session_writes_accepted).toBe(counters.session_writes_sent);
  expect(load.offered.requests).toBe(counters.session_requests_sent);
  expect(load.connections.opened).toBe(20 + counters.session_clients);
  expect(counters.session_clients_left + counters.session_clients_staying).toBe(counters.session_clients);
  expect(counters).toMatchObject({ connections_lost: 0, notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('slow-reader: the embedded relay keeps everything for who reads slowly, and the others miss nothing', async () => {
  const record = await shortRun('slow-reader', ['--duration', '4s']);
  const { counters } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.deliveries_received).toBe(counters.deliveries_expected);
  expect(counters.slow_readers).toBeGreaterThan(0);
  expect(counters.slow_readers_kept).toBe(counters.slow_readers);
  expect(counters.slow_deliveries_expected).toBe(counters.slow_readers * counters.events_accepted);
  expect(counters.slow_deliveries_received).toBe(counters.slow_deliveries_expected);
  expect(counters).toMatchObject({ connections_lost: 0, notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('hot-replaceable: of every address the embedded relay keeps the newest version alone', async () => {
  const record = await shortRun('hot-replaceable');
  const { counters, metrics } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.survivors_checked).toBe(7);
  expect(counters).toMatchObject({ survivors_wrong: {}, survivors_unread: 0 });
  expect(counters.events_accepted + counters.events_duplicate + counters.events_superseded).toBe(
    counters.events_sent,
  );
  const sorts = Object.keys(metrics).filter((name) => name.startsWith('ack_latency{event='));
  expect(sorts).toHaveLength(3);
  expect(counters).toMatchObject({ notices: 0, stray_frames: 0, malformed_frames: 0 });
});

it('sybil: every throwaway key is new to the embedded relay, and honest people are timed apart', async () => {
  const record = await shortRun('sybil');
  const { counters, metrics } = record;
  // The honest ones are too few for a p95 in two seconds.
  expect(brokenGates(record)).toEqual([]);
  expect(counters.events_accepted).toBe(counters.events_sent);
  const honest = metrics['ack_latency{event=honest}']?.count ?? 0;
  const sybil = metrics['ack_latency{event=sybil}']?.count ?? 0;
  expect(honest).toBeGreaterThan(0);
  expect(sybil).toBeGreaterThan(honest);
  expect(honest + sybil).toBe(metrics['ack_latency']?.count);
});

it('large: the embedded relay takes events up to the limit that it advertises, and returns them', async () => {
  const record = await shortRun('large');
  const { counters, metrics, caveats } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.events_accepted).toBe(counters.events_sent);
  expect(counters.visibility_timeout).toBe(0);
  expect(counters.visibility_seen).toBe(counters.visibility_samples);
  expect(metrics['ack_latency{event=limit}']?.count).toBeGreaterThan(0);
  expect(caveats.filter((text) => text.includes('as long as the NIP-11 document'))).toHaveLength(1);
});

it('search: the embedded relay finds words of the corpus, and no answer is wrong', async () => {
  const record = await shortRun('search');
  const { counters, metrics } = record;
  expect(brokenGates(record)).toEqual([]);
  expect(counters.queries_completed).toBe(counters.queries_sent);
  expect(counters).toMatchObject({ answers_wrong: {}, query_overflows: 0, query_closes: {} });
  expect(metrics['first_event_latency{filter=one-word}']?.count).toBeGreaterThan(0);
});

it('soak: two seconds tell nothing of hours, and the gate says so', async () => {
  const record = await shortRun('soak');
  expect(brokenGates(record)).toEqual(['drift < 10%/h']);
  const gate = record.gates.find(({ metric }) => metric === 'drift');
  expect(gate).toMatchObject({ verdict: 'no-data', actual: null });
  expect(gate?.reason).toContain('tell nothing of hours');
  expect(record.exitCode).not.toBe(0);
  const [relay] = record.components;
  expect(relay?.samples?.some(({ descriptors }) => (descriptors ?? 0) > 0)).toBe(true);
});
