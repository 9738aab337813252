import { describe, expect, it } from 'vitest';
import { evaluateGates } from '../../../src/gate/evaluate.ts';
import { formatGate } from '../../../src/gate/expression.ts';
import { measurableOf } from '../../../src/gate/measurable.ts';
import { gateProblem, parseGates } from '../../../src/gate/parse.ts';
import { resolveGates } from '../../../src/gate/resolve.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import type { IntervalRow, RunRecord } from '../../../src/record/schema.ts';
import { runOf } from '../../support/sample-runs.ts';

/** A second in which `count` acknowledgements took `latency_us` each. */
function second(t: number, count: number, latency_us: number, keep = true): IntervalRow {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < count; i++) histogram.record(latency_us);
  const ack_latency = {
    count,
    p50_us: histogram.percentile(50),
    p95_us: histogram.percentile(95),
    p99_us: histogram.percentile(99),
    max_us: histogram.max_us,
    ...(keep ? { hdr: histogram.encoded() } : {}),
  };
  const numbers = { offered: count, sent: count, acked: count, delivered: 0, completed: 0, connections: 1 };
  return { t, phase: 'steady', ...numbers, errors: 0, latencies: { ack_latency }, cpu: 0.1 };
}

/** A run that was measured from second 5 to 25, as its sample says. */
const recordOf = (rows: readonly IntervalRow[]): RunRecord => runOf(1, { intervals: [...rows] });
const steady = (count = 100, keep = true): IntervalRow[] =>
  Array.from({ length: 20 }, (_, at) => second(5 + at, count, 2_000, keep));
const judge = (rows: readonly IntervalRow[], gate: string) => evaluateGates(recordOf(rows), [gate])[0];

describe('a gate over windows', () => {
  it('has one text, with its length in seconds', () => {
    for (const text of ['ack_latency p95 < 100ms over 10s', 'ack_latency p95 < 2s over 1m']) {
      const [gate] = parseGates([text]);
      expect(formatGate(gate as NonNullable<typeof gate>)).toBe(text.replace('1m', '60s'));
    }
  });

  it.each([
    ['ack_latency p95 < 100ms over', /"over " is not a window/],
    ['ack_latency p95 < 100ms over 500ms', /write whole seconds/],
    ['ack_latency p95 < 100ms over 0s', /write whole seconds/],
    ['ack_ratio >= 99% over 10s', /only latencies are kept second by second/],
    ['ack_latency_service p95 < 100ms over 10s', /use ack_latency/],
    ['eose_latency{filter=a} p95 < 100ms over 10s', /no label "filter"/],
    ['ack_latency count == 5 over 10s', /needs <, <=, > or >=/],
    ['ack_latency count != 5 over 10s', /needs <, <=, > or >=/],
  ])('%s is refused', (text, problem) => {
    expect(gateProblem(text)).toMatch(problem);
  });

  it('holds where every window does', () => {
    expect(judge(steady(), 'ack_latency p95 < 3ms over 5s')).toMatchObject({ verdict: 'pass' });
  });

  it('fails by one stall that the whole run does not show, and gives the worst window', () => {
    const rows = steady();
    rows[10] = second(15, 100, 80_000);
    expect(judge(rows, 'ack_latency p95 < 3ms over 5s')).toMatchObject({ verdict: 'fail' });
    expect(judge(rows, 'ack_latency p95 < 3ms over 5s')?.actual).toBeCloseTo(80, 0);
    expect(judge(rows, 'ack_latency p95 < 3ms over 20s')).toMatchObject({ verdict: 'pass' });
  });

  it('merges the samples of a window, it does not put percentiles together', () => {
    // A second of 10 slow among four of 1,000 fast ones: 10 of 4,010 are slow, whatever the p95 of that second is.
    const rows = steady(1_000).map((row, at) => (at % 5 === 0 ? second(row.t, 10, 900_000) : row));
    expect(judge(rows, 'ack_latency p95 < 3ms over 5s')).toMatchObject({ verdict: 'pass' });
    expect(judge(rows, 'ack_latency max < 3ms over 5s')).toMatchObject({ verdict: 'fail', actual: 900 });
  });

  it('counts what ended in the slowest window', () => {
    const rows = steady();
    rows[7] = second(12, 0, 0);
    expect(judge(rows, 'ack_latency rate >= 90/s over 5s')).toMatchObject({ verdict: 'fail', actual: 80 });
    expect(judge(rows, 'ack_latency count > 300 over 5s')).toMatchObject({ verdict: 'pass', actual: 400 });
  });

  it('has no data where a window has too few samples, and names the window', () => {
    const rows = steady().map((row) => (row.t >= 15 && row.t < 20 ? second(row.t, 10, 2_000) : row));
    expect(judge(rows, 'ack_latency p95 < 3ms over 5s')).toMatchObject({
      verdict: 'no-data',
      reason: 'second 14 to 19: only 140 samples, p95 needs 200',
    });
  });

  it('needs the histograms of the seconds for percentiles only', () => {
    const rows = steady(100, false);
    expect(judge(rows, 'ack_latency max < 3ms over 5s')).toMatchObject({ verdict: 'pass' });
    expect(judge(rows, 'ack_latency p95 < 3ms over 5s')).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('kept no histograms of its seconds'),
    });
  });

  describe('with operations that were never answered', () => {
    /** The second with so many that were due in it and never ended. */
    const unanswered = (row: IntervalRow, censored: number): IntervalRow => {
      const { ack_latency } = row.latencies;
      return ack_latency === undefined
        ? row
        : { ...row, latencies: { ack_latency: { ...ack_latency, censored } } };
    };
    const rows = steady().map((row) => (row.t >= 12 && row.t < 17 ? unanswered(row, 25) : row));

    it('never passes where they hide the percentile', () => {
      expect(judge(rows, 'ack_latency p95 < 3ms over 5s')).toMatchObject({
        verdict: 'no-data',
        reason: 'second 9 to 14: 50 of 550 operations never ended',
      });
    });

    it('ranks them above all samples where they do not', () => {
      expect(judge(rows, 'ack_latency p50 < 3ms over 5s')).toMatchObject({ verdict: 'pass' });
    });

    it.each(['max', 'mean'])('has no %s', (of) => {
      expect(judge(rows, `ack_latency ${of} < 3ms over 5s`)).toMatchObject({ verdict: 'no-data' });
    });

    it('has no data where nothing was answered at all', () => {
      const silent = steady().map((row) => unanswered(second(row.t, 0, 0), 50));
      expect(judge(silent, 'ack_latency p95 < 3ms over 5s')?.reason).toContain(
        '250 of 250 operations never ended',
      );
    });
  });

  describe('judged by bounds', () => {
    /** Seconds that were late by as much as lies between both latencies, with a loop delay in µs. */
    const late = (t: number, scheduled_us: number, service_us: number, loopDelay: number): IntervalRow => {
      const row = second(t, 100, scheduled_us);
      const { ack_latency } = row.latencies;
      const twin = second(t, 100, service_us).latencies['ack_latency'];
      if (ack_latency === undefined || twin === undefined) throw new Error('no latency');
      const service = { max_us: twin.max_us, ...(twin.hdr === undefined ? {} : { hdr: twin.hdr }) };
      const loopDelay_us = { p99_us: loopDelay, max_us: loopDelay };
      return { ...row, latencies: { ack_latency: { ...ack_latency, service } }, loopDelay_us };
    };
    type Stall = readonly [scheduled_us: number, service_us: number, loopDelay_us: number];
    const withStall = (stall: Stall) =>
      steady().map(({ t }) => (t === 15 ? late(t, ...stall) : late(t, 2_000, 1_900, 0)));

    it.each([
      ['the write was late', [80_000, 2_000, 60_000], 'undecided'],
      ['the relay was slow', [80_000, 79_000, 1_000], 'fail'],
      ['the relay was slow or the event loop late', [80_000, 79_000, 78_000], 'undecided'],
    ] as const)('is decided by what made one second slow: %s', (_, stall, verdict) => {
      expect(judge(withStall(stall), 'ack_latency p95 < 3ms over 5s')?.verdict).toBe(verdict);
      expect(judge(withStall(stall), 'ack_latency max < 3ms over 5s')?.verdict).toBe(verdict);
      expect(judge(withStall(stall), 'ack_latency p95 < 100ms over 5s')?.verdict).toBe('pass');
    });

    it('takes the loop delay of the window, not of another one', () => {
      const rows = withStall([80_000, 79_000, 1_000]).map((row) =>
        row.t === 6 ? { ...row, loopDelay_us: { p99_us: 900_000, max_us: 900_000 } } : row,
      );
      expect(judge(rows, 'ack_latency p95 < 3ms over 5s')?.verdict).toBe('fail');
    });
  });

  it('leaves warm-up out', () => {
    const rows = [second(3, 100, 900_000), second(4, 100, 900_000), ...steady()];
    expect(judge(rows, 'ack_latency max < 3ms over 5s')).toMatchObject({ verdict: 'pass' });
  });
});

describe('the seconds of windows', () => {
  const slow = (t: number): IntervalRow => second(t, 100, 900_000);

  it('are those that the measured phases hold whole', () => {
    const outside = [second(4, 100, 900_000), ...steady(), slow(25)];
    expect(judge(outside, 'ack_latency max < 3ms over 1s')).toMatchObject({ verdict: 'pass' });
    const last = steady().map((row) => (row.t === 24 ? slow(24) : row));
    expect(judge(last, 'ack_latency max < 3ms over 1s')).toMatchObject({ verdict: 'fail', actual: 900 });
    const first = steady().map((row) => (row.t === 5 ? slow(5) : row));
    expect(judge(first, 'ack_latency max < 3ms over 1s')).toMatchObject({ verdict: 'fail', actual: 900 });
  });

  it('follow each other: none is put together over a second that is missing', () => {
    const rows = steady().filter(({ t }) => t !== 15);
    expect(judge(rows, 'ack_latency max < 3ms over 10s')).toMatchObject({ verdict: 'pass' });
    expect(judge(rows, 'ack_latency max < 3ms over 11s')).toMatchObject({
      verdict: 'no-data',
      reason: 'no 11 seconds in a row were measured',
    });
  });

  it('give the lowest window to a gate that asks for more', () => {
    const rows = steady().map((row) => (row.t === 15 ? slow(15) : row));
    expect(judge(rows, 'ack_latency mean > 1ms over 1s')?.actual).toBeCloseTo(2, 2);
    expect(judge(rows, 'ack_latency mean < 1000ms over 1s')?.actual).toBeCloseTo(900, 0);
    expect(judge(rows, 'ack_latency mean >= 1ms over 1s')?.actual).toBeCloseTo(2, 2);
    expect(judge(rows, 'ack_latency mean <= 1000ms over 1s')?.actual).toBeCloseTo(900, 0);
  });

  it('have no worst latency where nothing ended', () => {
    const rows = steady().map((row) => (row.t === 15 ? second(15, 0, 0) : row));
    expect(judge(rows, 'ack_latency max < 3ms over 1s')).toMatchObject({
      verdict: 'no-data',
      reason: 'second 15 to 16: no samples',
    });
    expect(judge(rows, 'ack_latency mean < 3ms over 2s')).toMatchObject({ verdict: 'pass' });
  });
});

describe('before the run', () => {
  const run = measurableOf({
    load: { model: 'open' },
    workloads: { publish: {} },
    phases: [{ name: 'steady', duration: 20_000 }],
  });
  const resolve = (gate: string): unknown =>
    resolveGates({
      run,
      planned: new Map([['ack_latency', 1_000]]),
      expressions: [gate],
      withDefaults: false,
    });

  it('a window that is longer than the run is refused', () => {
    expect(() => resolve('ack_latency max < 1s over 30s')).toThrow(/30 s does not fit.*last 20 s/);
    expect(() => resolve('ack_latency{phase=steady} max < 1s over 21s')).toThrow(/phase steady lasts 20 s/);
  });

  it('a window that is too short for its percentile is refused', () => {
    expect(() => resolve('ack_latency p95 < 1s over 2s')).toThrow(
      /about 100 samples fall into 2 s; p95 needs 200/,
    );
    expect(resolve('ack_latency p95 < 1s over 4s')).toEqual(['ack_latency p95 < 1s over 4s']);
  });

  it('a gate over windows takes the place of no default gate', () => {
    const expressions = ['ack_latency p95 < 1s over 10s'];
    const gates = resolveGates({
      run,
      planned: new Map([['ack_latency', 1_000]]),
      expressions,
      withDefaults: true,
    });
    expect(gates).toEqual(expect.arrayContaining(['ack_latency p95 < 100ms', ...expressions]));
  });
});
