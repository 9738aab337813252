import { describe, expect, it } from 'vitest';
import { measureOnTime, type OnTimeRequest } from '../../../src/calibrate/on-time.ts';
import type { Trial, TrialResult } from '../../../src/calibrate/trial.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import type { RunResult } from '../../../src/result/run-result.ts';
import { noCounters, sampleResult } from '../../support/sample-record.ts';

const PLAIN = sampleResult({ counters: noCounters(), slowdown: 1 });

function lagOf(value_us: number): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 1_000; i++) histogram.record(value_us);
  return histogram;
}

const rateOf = ({ load }: Trial): number =>
  Number.parseInt(String(load.workloads.publish?.rate ?? 'none'), 10);

/** Engines whose lag grows with the rate: 1 µs for each 20/s, so that 5 ms are reached at 100,000/s. */
function engine(changes: (rate: number) => Partial<RunResult> = () => ({})) {
  const asked: Trial[] = [];
  return {
    asked,
    run: async (trial: Trial): Promise<TrialResult> => {
      asked.push(trial);
      const histograms = new Map([['send_lag', lagOf(rateOf(trial) / 20)]]);
      const result = { ...PLAIN, invalidities: [], histograms, ...changes(rateOf(trial)) };
      return { result, rows: [] };
    },
  };
}

const request: OnTimeRequest = {
  url: 'ws://127.0.0.1:1',
  signal: new AbortController().signal,
  connections: 64,
  hold_s: 2,
  search: { first_per_s: 20_000, step: 1.5, precision: 1.1 },
};

describe('measureOnTime', () => {
  it('finds the rate at which 1 % are 5 ms late', async () => {
    const found = await measureOnTime(request, engine().run);
    expect(found).toMatchObject({ connections: 64, workers: 1 });
    expect(found?.rate_per_s).toBeLessThanOrEqual(100_000);
    expect(found?.rate_per_s).toBeGreaterThan(90_000);
    expect(found?.failed_per_s).toBeGreaterThan(100_000);
    expect(found?.p99_us).toBeCloseTo((found?.rate_per_s ?? 0) / 20, -1);
  });

  it('takes no rate at which the generator is in doubt for another reason', async () => {
    const saturated = { kind: 'generator-saturated' as const, text: 'saturated' };
    const { run } = engine((rate) =>
      rate > 50_000 ? { generator: { ...PLAIN.generator, doubts: [saturated] } } : {},
    );
    expect((await measureOnTime(request, run))?.rate_per_s).toBeLessThanOrEqual(50_000);
  });

  it.each([
    ['the event loop was saturated in one second', { eventLoopUtilization: { mean: 0.6, max: 0.91 } }],
    ['nobody knows how busy the event loop was', { eventLoopUtilization: { mean: null, max: null } }],
    ['the event loop was late', { eventLoopDelay_us: { p50_us: 20, p99_us: 10_001, max_us: 12_000 } }],
  ])('takes no rate at which %s, though that is no sure doubt', async (_, health) => {
    const { run } = engine((rate) => (rate > 50_000 ? { generator: { ...PLAIN.generator, ...health } } : {}));
    expect((await measureOnTime(request, run))?.rate_per_s).toBeLessThanOrEqual(50_000);
  });

  it.each([
    ['of the machine', { invalidities: [{ kind: 'machine-exhausted', text: 'no room: EMFILE' }] }],
    ['of a worker', { invalidities: [{ kind: 'worker-lost', text: 'no room: EMFILE' }] }],
    ['of the null relay', { failures: [{ kind: 'target-gone', text: 'no room: EMFILE' }] }],
  ] as const)(
    'fails where a trial failed by the doing %s, rather than taking the rate for too high',
    async (_, failed) => {
      const { run } = engine((rate) => (rate > 50_000 ? failed : {}));
      await expect(measureOnTime(request, run)).rejects.toMatchObject({
        code: 'CALIBRATION_FAILED',
        exitCode: 3,
        message: expect.stringMatching(
          /^the rate on time could not be measured, at \d+\/s: no room: EMFILE$/,
        ),
      });
    },
  );

  it('takes no rate that was not offered', async () => {
    const notOffered = { kind: 'load-not-offered' as const, text: 'not offered' };
    const { run } = engine((rate) => (rate > 30_000 ? { invalidities: [notOffered] } : {}));
    expect((await measureOnTime(request, run))?.rate_per_s).toBeLessThanOrEqual(30_000);
  });

  it('offers events on as many connections and workers as asked for, as in a run', async () => {
    const { asked, run } = engine();
    await measureOnTime({ ...request, workers: 2, contentBytes: 48 }, run);
    expect(asked[0]).toMatchObject({
      workers: 2,
      catchUp: true,
      load: {
        connections: { count: 64 },
        workloads: { publish: { rate: '20000/s', contentBytes: 48 } },
        phases: [{ duration: '2s' }],
      },
    });
  });

  it('finds nothing where nothing is on time', async () => {
    const { run } = engine(() => ({ histograms: new Map([['send_lag', lagOf(6_000)]]) }));
    expect(await measureOnTime(request, run)).toBeNull();
  });

  it('finds nothing where it was interrupted', async () => {
    const interruption = new AbortController();
    const { asked, run } = engine();
    const stopping = async (trial: Trial): Promise<TrialResult> => {
      interruption.abort('SIGINT');
      return run(trial);
    };
    expect(await measureOnTime({ ...request, signal: interruption.signal }, stopping)).toBeNull();
    expect(asked).toHaveLength(1);
  });
});
