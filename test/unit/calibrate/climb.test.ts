import { describe, expect, it } from 'vitest';
import { climb } from '../../../src/calibrate/climb.ts';
import type { Trial, TrialResult } from '../../../src/calibrate/trial.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import type { IntervalRow } from '../../../src/record/schema.ts';
import { noCounters, sampleResult } from '../../support/sample-record.ts';

const CAPACITY = 100_000;

function rowAt(t: number, rate: number, changes: Partial<IntervalRow> = {}): IntervalRow {
  const sent = Math.min(rate, CAPACITY);
  return {
    t,
    phase: `rate-${rate}`,
    offered: rate,
    sent,
    acked: sent,
    delivered: 0,
    completed: 0,
    connections: 64,
    errors: 0,
    latencies: {},
    cpu: Math.min(1, 0.2 + sent / CAPACITY),
    ...changes,
  };
}

function lagOf(value_us: number): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 100; i++) histogram.record(value_us);
  return histogram;
}

/** An engine that gives these seconds and these latenesses, and remembers what it was asked for. */
function fakeEngine(rows: readonly IntervalRow[], lags: Readonly<Record<string, number>> = {}) {
  const asked: Trial[] = [];
  const result = sampleResult({ counters: noCounters(), slowdown: 1 });
  const histograms = new Map(Object.entries(lags).map(([key, value_us]) => [key, lagOf(value_us)]));
  return {
    asked,
    run: async (trial: Trial): Promise<TrialResult> => {
      asked.push(trial);
      return { result: { ...result, histograms }, rows };
    },
  };
}

const request = {
  url: 'ws://127.0.0.1:1',
  signal: new AbortController().signal,
  loadAt: (rate: string) => ({ connections: { count: 64 }, workloads: { publish: { rate } } }),
  done: (row: IntervalRow) => row.acked,
};

describe('climb', () => {
  it('raises the rate in steps of one second, as levels of the first', async () => {
    const { asked, run } = fakeEngine([]);
    await climb({ ...request, rates: [1_000, 10_000, 50_000] }, run);
    expect(asked[0]?.load).toMatchObject({
      workloads: { publish: { rate: '1000/s' } },
      phases: [
        { name: 'rate-1000', duration: '1s', level: 1 },
        { name: 'rate-10000', duration: '1s', level: 10 },
        { name: 'rate-50000', duration: '1s', level: 50 },
      ],
    });
  });

  it('takes the second that did most with its CPU', async () => {
    const rows = [rowAt(1, 10_000), rowAt(2, 90_000), rowAt(3, 200_000)];
    const { perCpuSecond } = await climb(
      { ...request, rates: [10_000, 90_000, 200_000] },
      fakeEngine(rows).run,
    );
    expect(perCpuSecond).toBe(CAPACITY);
  });

  it('knows no ceiling without a complete second, or without CPU figures', async () => {
    const rates = [10_000];
    expect((await climb({ ...request, rates }, fakeEngine([]).run)).perCpuSecond).toBeNull();
    const blind = fakeEngine([rowAt(1, 10_000, { cpu: null }), rowAt(2, 10_000, { cpu: 0 })]);
    expect((await climb({ ...request, rates }, blind.run)).perCpuSecond).toBeNull();
  });

  it('ends when the worker can not follow for two seconds, not for a single one', async () => {
    const { asked, run } = fakeEngine([]);
    await climb({ ...request, rates: [1_000] }, run);
    const isEnough = asked[0]?.isEnough;
    const rates = [120_000, 95_000, 120_000, 150_000];
    expect(rates.map((rate, second) => isEnough?.(rowAt(second, rate)))).toEqual([false, false, false, true]);
  });

  it('calls a step valid that was offered in time, as a run would', async () => {
    const rates = [10_000, 90_000, 200_000];
    const lags = {
      'send_lag{phase=rate-10000}': 100,
      'send_lag{phase=rate-90000}': 8_000,
      'send_lag{phase=rate-200000}': 50,
    };
    const rows = rates.map((rate, index) => rowAt(index + 1, rate));
    const { steps } = await climb({ ...request, rates }, fakeEngine(rows, lags).run);
    expect(steps.map(({ rate_per_s, isValid }) => [rate_per_s, isValid])).toEqual([
      [10_000, true],
      [90_000, false],
      [200_000, false],
    ]);
    expect(steps[0]?.sendLag).toEqual({ p50_us: 100, p99_us: 100 });
  });

  it('finds the lateness of a single step, which has no series of its own', async () => {
    const engine = fakeEngine([rowAt(1, 10_000)], { send_lag: 70 });
    const { steps } = await climb({ ...request, rates: [10_000] }, engine.run);
    expect(steps).toEqual([{ rate_per_s: 10_000, isValid: true, sendLag: { p50_us: 70, p99_us: 70 } }]);
  });
});
