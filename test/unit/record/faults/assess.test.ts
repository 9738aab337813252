import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../../src/metric/histogram.ts';
import { assessFaults, faultHistograms } from '../../../../src/record/faults/assess.ts';
import type { FaultLog } from '../../../../src/result/fault-log.ts';
import type { IntervalRow } from '../../../../src/result/schema.ts';
import { noCounters, sampleRecord } from '../../../support/sample-record.ts';

const SECONDS = 30;
const STRUCK_S = 12;
/** What a second was like that differs from the usual one. */
type Changes = Readonly<Record<number, Partial<IntervalRow> & { readonly p95_us?: number }>>;

function row(t: number, { p95_us = 8_000, ...changes }: Changes[number] = {}): IntervalRow {
  const ack = { count: 100, p50_us: 2_000, p95_us, p99_us: p95_us * 2, max_us: p95_us * 3 };
  return {
    ...{
      t,
      phase: t < 2 ? 'warm-up' : 'steady',
      offered: 100,
      sent: 100,
      acked: 100,
      delivered: 0,
      completed: 0,
    },
    ...{ connections: 50, errors: 0, latencies: { ack_latency: ack }, cpu: 0.1 },
    ...changes,
  };
}

function log(changes: Partial<FaultLog> = {}): FaultLog {
  return {
    ...{ action: 'kill', on: 'relay/2', parts: ['relay-2'], plannedMs: 12_000, struckMs: STRUCK_S * 1_000 },
    ...{ forMs: null, undoneMs: null, detail: null, problem: null, notices: [] },
    ...changes,
  };
}

/** 4 answers in every 50 ms, but none from `from` ms to `to` ms; one error at `errorAt` ms. */
function momentsWith({ from = 0, to = 0, errorAt }: { from?: number; to?: number; errorAt?: number }) {
  const slices = Array.from({ length: SECONDS * 20 }, (_, at) => at * 50);
  return {
    answers: slices.map((ms) => (ms >= from && ms < to ? 0 : 4)),
    errors: slices.map((ms) => (errorAt !== undefined && ms <= errorAt && errorAt < ms + 50 ? 1 : 0)),
  };
}

interface Given {
  readonly rows?: Changes;
  readonly moments?: ReturnType<typeof momentsWith>;
  readonly lost?: readonly string[] | null;
  readonly logs?: readonly FaultLog[];
  readonly deliveries?: number;
}

function assess({ rows = {}, moments, lost = [], logs = [log()], deliveries = 0 }: Given = {}) {
  const intervals = Array.from({ length: SECONDS }, (_, t) => row(t, rows[t]));
  const phase = { level: 1, offered: 0, sent: 0 };
  const load = {
    ...sampleRecord('pass').load,
    phases: [
      { ...phase, name: 'warm-up', kind: 'warm-up' as const, start_s: 0, end_s: 2 },
      { ...phase, name: 'steady', kind: 'measured' as const, start_s: 2, end_s: 28 },
    ],
  };
  const counters = { ...noCounters(), deliveries_expected: deliveries };
  const result = { intervals, load, counters, ...(moments === undefined ? {} : { moments }) };
  return assessFaults(logs, { result, lost });
}

describe('time to recover', () => {
  it('is none where no second got worse', () => {
    expect(assess()[0]).toMatchObject({
      recoveredMs: 0,
      errors: 0,
      lost: 0,
      notMeasured: { detectedMs: expect.any(String) },
    });
  });

  it('ends with the first of three good seconds in a row', () => {
    const rows = { 12: { acked: 60 }, 13: { errors: 4 }, 15: { connections: 30 }, 17: { p95_us: 300_000 } };
    expect(assess({ rows })[0]).toMatchObject({ recoveredMs: 6_000, errors: 4 });
  });

  it('counts from the strike, not from the second in which it fell', () => {
    const [fault] = assess({ rows: { 12: { acked: 60 } }, logs: [log({ struckMs: 12_400 })] });
    expect(fault?.recoveredMs).toBe(600);
  });

  it('allows what was usual before: errors, and twice the slowest p95', () => {
    const rows = { 5: { errors: 2, p95_us: 200_000 }, 12: { errors: 2, p95_us: 400_000 } };
    expect(assess({ rows })[0]).toMatchObject({
      recoveredMs: 0,
      baseline: { errors: 2, p95Limit_us: { ack_latency: 400_000 } },
    });
  });

  it('is not known where the load ended before, or nothing is known of before', () => {
    const bad = Object.fromEntries([12, 14, 17, 20, 23, 26].map((t) => [t, { errors: 1 }]));
    expect(assess({ rows: bad })[0]).toMatchObject({
      recoveredMs: null,
      notMeasured: { recoveredMs: expect.stringContaining('ended before') },
    });
    const early = assess({ logs: [log({ struckMs: 4_000 })] })[0];
    expect(early).toMatchObject({
      recoveredMs: null,
      baseline: null,
      notMeasured: { recoveredMs: expect.stringContaining('fewer than 3') },
    });
  });

  it('is not that of what comes long after it', () => {
    expect(assess({ rows: { 20: { errors: 9 } } })[0]).toMatchObject({ recoveredMs: 0, errors: 9 });
    const frozen = log({ action: 'freeze', forMs: 6_000 });
    expect(assess({ rows: { 20: { errors: 9 } }, logs: [frozen] })[0]).toMatchObject({ recoveredMs: 9_000 });
  });
});

describe('time to detect', () => {
  it('is that of the first thing that the stack did', () => {
    const notices = [{ atMs: 12_300, text: 'HAProxy gave up relay-2' }];
    expect(assess({ logs: [log({ notices })] })[0]).toMatchObject({
      detectedMs: 300,
      detectedBy: 'stack',
      notices: [{ afterMs: 300, text: 'HAProxy gave up relay-2' }],
    });
  });

  it('is that of the first error of a client where that came before', () => {
    const notices = [{ atMs: 12_300, text: 'HAProxy gave up relay-2' }];
    const moments = momentsWith({ errorAt: 12_120 });
    expect(assess({ moments, logs: [log({ notices })] })[0]).toMatchObject({
      detectedMs: 150,
      detectedBy: 'clients',
    });
  });

  it('is that of a silence that is longer than usual', () => {
    const [fault] = assess({ moments: momentsWith({ from: 12_000, to: 13_000 }) });
    expect(fault).toMatchObject({ detectedMs: 150, detectedBy: 'clients', silenceMs: 1_000 });
  });
});

describe('what a fault cost', () => {
  it('is summed by reason until the next one strikes', () => {
    const rows = {
      12: { errors: 3, reasons: { 'close_codes{1006}': 3 } },
      13: { errors: 1, reasons: { 'close_codes{1006}': 1, deliveries_duplicate: 2 } },
      20: { errors: 5, reasons: { events_timeout: 5 } },
    };
    const logs = [log(), log({ struckMs: 20_000, action: 'freeze' })];
    const faults = assess({ rows, logs, deliveries: 10 });
    expect(faults.map(({ reasons }) => reasons)).toEqual([
      { 'close_codes{1006}': 4, deliveries_duplicate: 2 },
      { events_timeout: 5 },
    ]);
    expect(faults.map(({ errors, duplicated }) => [errors, duplicated])).toEqual([
      [4, 2],
      [5, 0],
    ]);
  });

  it('is not known of each where several happened and something was lost', () => {
    const logs = [log(), log({ struckMs: 20_000 })];
    expect(assess({ logs, lost: ['a'] }).map(({ lost }) => lost)).toEqual([null, null]);
    expect(assess({ logs, lost: [] }).map(({ lost }) => lost)).toEqual([0, 0]);
    expect(assess({ lost: ['a', 'b'] })[0]?.lost).toBe(2);
    expect(assess({ lost: null })[0]).toMatchObject({
      lost: null,
      notMeasured: { lost: 'nothing was read back: --audit' },
    });
  });

  it('is nothing where it could not be done', () => {
    const [fault] = assess({ logs: [log({ struckMs: null, problem: 'no such part' })] });
    expect(fault).toMatchObject({
      at: 12,
      problem: 'no such part',
      recoveredMs: null,
      notMeasured: { lost: 'it did not happen' },
    });
  });
});

describe('the latencies of faults', () => {
  it('have a sample a fault; one that never ended is beyond any number', () => {
    const bad = Object.fromEntries([12, 14, 17, 20, 23, 26].map((t) => [t, { errors: 1 }]));
    const open = faultHistograms(assess({ rows: bad }));
    expect(open.get('fault_recovery')).toMatchObject({ count: 0, censored: 1 });
    const over = faultHistograms(assess({ rows: { 12: { acked: 0 } } }));
    expect(over.get('fault_recovery')?.summary()).toMatchObject({ count: 1, max_us: 1_000_000 });
    expect(faultHistograms([])).toEqual(new Map());
  });
});

describe('a fault in a report', () => {
  it('was undone so long after it struck', () => {
    expect(assess({ logs: [log({ undoneMs: 14_500 })] })[0]?.undoneMs).toBe(2_500);
  });

  it('was never undone where it did not strike', () => {
    const notices = [{ atMs: 12_300, text: 'relay-2 came back' }];
    const [fault] = assess({ logs: [log({ struckMs: null, undoneMs: 14_500, notices })] });
    expect(fault).toMatchObject({ undoneMs: null, notices: [{ afterMs: 12_300 }] });
  });

  it('has no time to recover where the load ended at once', () => {
    expect(assess({ logs: [log({ struckMs: 26_500 })] })[0]).toMatchObject({
      recoveredMs: null,
      notMeasured: { recoveredMs: expect.stringContaining('ended before 3 good seconds') },
    });
  });

  it('has no silence where answers are so few that silence is usual', () => {
    const moments = momentsWith({ from: 0, to: 11_000 });
    expect(assess({ moments })[0]).toMatchObject({
      silenceMs: null,
      notMeasured: { silenceMs: 'fewer than 2 answers in 50 ms: silence is usual' },
    });
  });

  it('is measured by what is usual where nothing was asked of the relay in a second', () => {
    const idle = { offered: 0, sent: 0, acked: 0 };
    const [fault] = assess({ rows: { 4: idle, 5: idle } });
    expect(fault?.baseline).toMatchObject({ seconds: 10, answered: 1 });
  });

  it('has no figures in a run that measured nothing', () => {
    const { load } = sampleRecord('pass');
    const result = { intervals: [row(0)], load: { ...load, phases: [] }, counters: noCounters() };
    expect(assessFaults([log()], { result, lost: null })[0]).toMatchObject({
      baseline: null,
      recoveredMs: null,
      duplicated: null,
    });
  });

  it('has the p99 of all that was answered and of what never was', () => {
    const histogram = new LatencyHistogram();
    for (let i = 0; i < 1_000; i++) histogram.record(5_000);
    const ack = { count: 1_000, p50_us: 5_000, p95_us: 5_000, p99_us: 5_000, max_us: 5_000 };
    const second = { ...ack, hdr: histogram.encoded() };
    const rows = { 12: { latencies: { ack_latency: second } } };
    expect(assess({ rows })[0]?.p99_us['ack_latency']).toBeCloseTo(5_000, -2);
    const censored = { 12: { latencies: { ack_latency: { ...second, censored: 900 } } } };
    expect(assess({ rows: censored })[0]?.p99_us['ack_latency']).toBeNull();
  });
});
