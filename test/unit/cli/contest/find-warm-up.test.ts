import { describe, expect, test } from 'vitest';
import type { Contender } from '../../../../src/cli/contest/contender.ts';
import { findWarmUp, settlingOfRun, warmUpMsOf } from '../../../../src/cli/contest/find-warm-up.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const BASE: Contender = { name: 'base', url: 'ws://127.0.0.1:1/', command: null };
const CANDIDATE: Contender = { name: 'candidate', url: 'ws://127.0.0.1:2/', command: null };

/** The p95 of a second, µs. */
type Curve = (t: number) => number;

/** A curve that is slow in the first seconds. */
const slowFor =
  (seconds: number): Curve =>
  (t) =>
    t < seconds ? 4_000 : 1_000 + 10 * (t % 3);

/** A run of thirty seconds. */
function runOf(curve: Curve, count = 200): RunRecord {
  const record = sampleRecord('pass');
  const [row] = record.intervals;
  if (row === undefined) throw new Error('the sample has no seconds');
  const intervals = Array.from({ length: 31 }, (_, t) => {
    const latency = { count, p50_us: 500, p95_us: curve(t), p99_us: 5_000, max_us: 6_000 };
    // What ends after the load belongs to no second of it.
    return { ...row, t, latencies: { ack_latency: t < 30 ? latency : { ...latency, p95_us: 90_000 } } };
  });
  const phases = record.load.phases.slice(0, 1).map((phase) => ({ ...phase, start_s: 0, end_s: 30 }));
  return { ...record, intervals, load: { ...record.load, phases } };
}

async function found(runs: ReadonlyMap<string, RunRecord>, leastMs = 3_000) {
  const said: string[] = [];
  const runOnce = async ({ name }: Contender): Promise<RunRecord> => runs.get(name) ?? runOf(slowFor(0));
  const contenders = [BASE, CANDIDATE];
  const ms = await findWarmUp({ contenders, runOnce, leastMs, say: (line) => said.push(line) });
  return { ms, said };
}

describe('the warm-up that runs need', () => {
  test('is that of the side that takes longer to settle', async () => {
    const { ms, said } = await found(
      new Map([
        ['base', runOf(slowFor(3))],
        ['candidate', runOf(slowFor(9))],
      ]),
    );
    expect(ms).toBe(9_000);
    expect(said).toContain('base: settled after 3 s');
    expect(said).toContain('candidate: settled after 9 s');
  });

  test('is never shorter than that of the scenario', async () => {
    expect((await found(new Map())).ms).toBe(3_000);
  });

  test('is said to be too short where the second half still changes', async () => {
    const { ms, said } = await found(new Map([['candidate', runOf((t) => 4_000 - 100 * t)]]));
    expect(ms).toBe(15_000);
    expect(said.join()).toContain('candidate: had not settled after 15 s');
  });

  test('is not looked for in seconds of few operations, whose p95 is that of single ones', () => {
    expect(settlingOfRun(runOf(slowFor(9), 25))).toEqual({ seconds: 0, isSettled: true });
  });
});

test('the warm-up of a plan is its first phase where that is not measured', () => {
  expect(warmUpMsOf([{ kind: 'warm-up', endNs: 5e9 }])).toBe(5_000);
  expect(warmUpMsOf([{ kind: 'measured', endNs: 5e9 }])).toBe(0);
});
