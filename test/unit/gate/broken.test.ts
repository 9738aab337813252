import { describe, expect, it } from 'vitest';
import { brokenGate, gatesSoFar } from '../../../src/gate/broken.ts';
import type { Counters, RunRecord } from '../../../src/record/schema.ts';
import { runOf } from '../../support/sample-runs.ts';

const counted = (changes: Partial<Counters>): RunRecord =>
  runOf(1, { counters: { ...runOf(1).counters, ...changes } });
const broken = (record: RunRecord, gate: string, minSamples = 200) =>
  brokenGate(record, [gate], { minSamples })?.expression ?? null;

describe('a run that goes on', () => {
  it('is ended by a latency above its limit, once enough operations say so', () => {
    expect(broken(runOf(1), 'ack_latency p95 < 1ms')).toBe('ack_latency p95 < 1ms');
    expect(broken(runOf(1), 'ack_latency p95 < 1ms', 1_000)).toBeNull();
    expect(broken(runOf(1), 'ack_latency p95 < 1s')).toBeNull();
  });

  it('is not ended by a latency that only the lateness of the generator may have broken', () => {
    const run = runOf(1);
    const ack = run.metrics['ack_latency'];
    if (ack === undefined) throw new Error('the sample has no ack_latency');
    const metrics = { ...run.metrics, ack_latency: { ...ack, p95_us: 500_000 } };
    expect(broken({ ...run, metrics }, 'ack_latency p95 < 100ms')).toBeNull();
    expect(
      broken(
        { ...run, metrics: { ...metrics, ack_latency_service: { ...ack, p95_us: 400_000 } } },
        'ack_latency p95 < 100ms',
      ),
    ).not.toBeNull();
  });

  it('is ended by a counter that has passed its limit', () => {
    expect(broken(counted({ notices: 4 }), 'notices <= 3')).toBe('notices <= 3');
    expect(broken(counted({ notices: 3 }), 'notices <= 3')).toBeNull();
    expect(broken(counted({ events_rejected: { blocked: 1 } }), 'events_rejected == 0')).not.toBeNull();
  });

  it('is not ended by a counter that may still reach its limit', () => {
    expect(broken(counted({ events_accepted: 10 }), 'events_accepted >= 100')).toBeNull();
    expect(broken(counted({ events_accepted: 10 }), 'events_accepted == 100')).toBeNull();
  });

  it('takes what is in flight for what will end well', () => {
    const half = counted({ events_sent: 2_000, events_accepted: 1_000 });
    expect(broken({ ...half, ratios: { ...half.ratios, ack_ratio: 0.5 } }, 'ack_ratio >= 100%')).toBeNull();
    const refused = counted({ events_sent: 2_000, events_accepted: 1_000, events_timeout: 40 });
    expect(broken(refused, 'ack_ratio >= 99%')).toBe('ack_ratio >= 99%');
    expect(broken(counted({ queries_sent: 1_000, queries_closed: 30 }), 'query_ratio >= 99%')).not.toBeNull();
  });

  it('is not ended by what only the end tells', () => {
    const late = runOf(1, { ratios: { ...runOf(1).ratios, achieved_rate_ratio: 0.1, delivery_ratio: 0.1 } });
    expect(broken(late, 'achieved_rate_ratio >= 99%')).toBeNull();
    expect(broken(late, 'delivery_ratio >= 99%')).toBeNull();
    expect(broken(runOf(1), 'reject_latency p95 < 1ms')).toBeNull();
  });
});

describe('the gates of a run so far', () => {
  const verdicts = (record: RunRecord, ...gates: string[]) =>
    gatesSoFar(record, gates).map(({ verdict }) => verdict);

  it('hold, are broken, or nobody can tell yet', () => {
    const record = runOf(1, {
      ratios: { ...runOf(1).ratios, achieved_rate_ratio: 0.1, delivery_ratio: 0.1 },
    });
    expect(
      verdicts(
        record,
        'ack_latency p95 < 1s',
        'ack_latency p95 < 1ms',
        'achieved_rate_ratio >= 99%',
        'delivery_ratio >= 99%',
        'reject_latency p95 < 1ms',
      ),
    ).toEqual(['pass', 'fail', 'undecided', 'undecided', 'undecided']);
  });

  it('count what was lost at once, and what may still come not at all', () => {
    expect(verdicts(counted({ notices: 1 }), 'notices == 0')).toEqual(['fail']);
    expect(verdicts(counted({ events_accepted: 1 }), 'events_accepted >= 100')).toEqual(['undecided']);
    const half = counted({ events_sent: 2_000, events_accepted: 1_000 });
    expect(verdicts({ ...half, ratios: { ...half.ratios, ack_ratio: 0.5 } }, 'ack_ratio >= 100%')).toEqual([
      'pass',
    ]);
  });
});
