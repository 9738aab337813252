import { describe, expect, it } from 'vitest';
import { evaluateGates } from '../../../src/gate/evaluate.ts';
import { tryParseGate } from '../../../src/gate/parse.ts';
import { allDrifts, driftsOf } from '../../../src/record/drift.ts';
import type { GateResult, RunRecord } from '../../../src/record/schema.ts';
import { sampleRecord } from '../../support/sample-record.ts';

interface Course {
  readonly seconds?: number;
  /** Share of the level that is added an hour. */
  readonly ack?: number;
  readonly rss?: number;
  /** How much seconds differ, as a share. */
  readonly noise?: number;
}

const LEVEL_US = 2_000;
const LEVEL_BYTES = 2 ** 27;

/** A run whose latency and memory take that course. */
function course({ seconds = 1_800, ack = 0, rss = 0, noise = 0 }: Course): RunRecord {
  const record = sampleRecord('pass');
  const at = (level: number, perHour: number, t: number): number =>
    Math.round(level * (1 + (perHour * t) / 3_600) * (1 + noise * Math.sin(t * t)));
  const row = record.intervals[0];
  const phase = record.load.phases.find(({ kind }) => kind === 'measured');
  if (row === undefined || phase === undefined) throw new Error('the sample has no rows');
  const times = Array.from({ length: seconds }, (_, t) => t);
  return {
    ...record,
    load: { ...record.load, phases: [{ ...phase, start_s: 0, end_s: seconds }] },
    intervals: times.map((t) => {
      const value = at(LEVEL_US, ack, t);
      const ack_latency = { count: 100, p50_us: value, p95_us: value, p99_us: value, max_us: value };
      return { ...row, t, latencies: { ack_latency } };
    }),
    components: [
      {
        ...{ name: 'relay', role: 'relay process', pid: 1, cpu_s: 1, cpuShare: 0.1, rssMax_bytes: 1 },
        samples: times.map((t) => {
          const rss_bytes = at(LEVEL_BYTES, rss, t);
          return { t, cpuShare: 0, rss_bytes, descriptors: 30, figures: null };
        }),
      },
      { name: 'pg', role: 'Postgres primary', pid: 2, cpu_s: 1, cpuShare: 0.1, rssMax_bytes: 1 },
    ],
  };
}

function judged(gate: string, run: RunRecord): GateResult {
  const [result] = evaluateGates(run, [gate]);
  if (result === undefined) throw new Error('no result');
  return result;
}

describe('the grammar of a drift', () => {
  it.each([
    'drift < 10%/h',
    'drift{of=ack_latency} < 10%/h',
    'drift{of=ack_latency} p50 < 2.5%/h',
    'drift{of=rss} <= 5%/h',
    'drift{of=descriptors} < 1%/h',
  ])('reads %s', (text) => {
    expect(tryParseGate(text)).toHaveProperty('gate');
  });

  it.each([
    ['drift < 10%', /wrong unit: expected %\/h/],
    ['drift > 10%/h', /needs < or <=/],
    ['drift{of=memory} < 10%/h', /nothing called "memory"/],
    ['drift{of=rss} p95 < 10%/h', /rss has no "p95"/],
    ['drift p95 < 10%/h', /only where it says of which latency/],
    ['drift{phase=steady} < 10%/h', /no label "phase"/],
    ['drift{of=ack_latency} max < 10%/h', /unknown aggregation/],
    ['drift < 10%/h over 10s', /has no windows/],
    ['ack_latency p95 < 10%/h', /wrong unit/],
  ])('refuses %s', (text, problem) => {
    expect(tryParseGate(text)).toMatchObject({ problem: expect.stringMatching(problem) as string });
  });
});

describe('the gate drift', () => {
  it('holds where even the upper end of the interval does, and says what drifts most', () => {
    const result = judged('drift < 10%/h', course({ ack: 0.03, rss: 0.05 }));
    expect(result).toMatchObject({ verdict: 'pass', about: 'rss of relay', unit: '%/h' });
    expect(result.actual).toBeCloseTo(5, 0);
    expect(result.interval?.high).toBeLessThan(10);
  });

  it('is broken where even the lower end is', () => {
    const result = judged('drift < 10%/h', course({ ack: 0.5, noise: 0.02 }));
    expect(result).toMatchObject({ verdict: 'fail', about: 'ack_latency p95' });
    expect(result.actual).toBeGreaterThan(30);
    expect(result.interval?.low).toBeGreaterThan(10);
  });

  it('can not tell where the limit lies in the interval, which is no data and says how long would do', () => {
    const result = judged('drift{of=ack_latency} < 10%/h', course({ seconds: 320, ack: 0.05, noise: 0.2 }));
    expect(result).toMatchObject({ verdict: 'no-data', actual: null });
    expect(result.reason).toMatch(
      /^ack_latency p95: between .*%\/h and .*%\/h at 95 %: measure about \d+ min$/,
    );
  });

  it('can not tell anything of a run that is shorter than five minutes', () => {
    expect(judged('drift < 10%/h', course({ seconds: 200 }))).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('tell nothing of hours') as string,
    });
  });

  it('is broken by one quantity although another can not be told', () => {
    const run = course({ ack: 0.5 });
    const untold = { ...run, components: run.components.map((one) => ({ ...one, samples: [] })) };
    expect(judged('drift < 10%/h', untold).verdict).toBe('fail');
  });

  it('leaves the processes out where none was watched, but not where it is about them', () => {
    const alone = { ...course({}), components: [] };
    expect(judged('drift < 10%/h', alone).verdict).toBe('pass');
    expect(judged('drift{of=rss} < 10%/h', alone)).toMatchObject({
      verdict: 'no-data',
      reason: 'rss: no process of the relay was watched',
    });
  });

  it('falls as fast as it likes', () => {
    expect(judged('drift < 10%/h', course({ rss: -0.4 })).verdict).toBe('pass');
  });
});

describe('drifts', () => {
  it('are of the latencies that users wait for, and of the processes of the relay alone', () => {
    const names = allDrifts(course({})).map(({ of, component }) => [of, component]);
    expect(names).toEqual([
      ['ack_latency p95', undefined],
      ['rss', 'relay'],
      ['descriptors', 'relay'],
    ]);
  });

  it('leave out what is not measured: warm-up and drain', () => {
    const run = course({ ack: 0.5 });
    const [phase] = run.load.phases;
    if (phase === undefined) throw new Error('no phase');
    const late = { ...run, load: { ...run.load, phases: [{ ...phase, start_s: 600, end_s: 1_200 }] } };
    expect(driftsOf(late, 'ack_latency', 'p95')).toMatchObject([{ span_s: 599 }]);
  });
});
