import { describe, expect, it } from 'vitest';
import { type AgentsRun, heldUnion, problemsOf, reportOf, summaryOf } from '../../../bench/agents-report.mjs';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

const RATE = 100;
const AGENT = {
  ...{ startedLate_us: 400, clockRoundTrip_us: 80, clockDrift_us: -3 },
  ...{ newsBytes: 24_000, newsMessages: 30 },
};
const RUN: AgentsRun = {
  plan: {
    phases: [
      { kind: 'warm-up', startNs: 0, endNs: 2e9 },
      { kind: 'measured', startNs: 2e9, endNs: 12e9 },
    ],
    streams: [{ perPhase: [200, 1_000] }],
  },
  result: {
    generator: { agents: [AGENT, { ...AGENT, startedLate_us: 900, clockRoundTrip_us: 120 }] },
    counters: { events_sent: 1_000, events_accepted: 1_000 },
    load: { measured_s: 10 },
    invalidities: [],
  },
  union: { samples: 1_000, differs: [] },
  memory: { agent: 110e6, worker: 80e6 },
  orders_bytes: 4_000,
};

function problemsWith(changes: Partial<AgentsRun['result']>, union = RUN.union) {
  const run = { ...RUN, result: { ...RUN.result, ...changes }, union };
  return problemsOf(summaryOf(2, [RUN, run], RATE));
}

describe('samples of agents', () => {
  const values = Array.from({ length: 1_001 }, (_, at) => 50 + ((at * 7_919) % 90_000));
  const merged = new LatencyHistogram();
  for (const value of values) merged.record(value);
  const union = new Map<number, number>();
  for (const value of values) {
    const bucket = merged.indexOf(value);
    union.set(bucket, (union.get(bucket) ?? 0) + 1);
  }

  it('are the same where each is in the merged histogram, with the percentiles of them all in order', () => {
    expect(heldUnion(union, merged)).toEqual({ samples: 1_001, differs: [] });
  });

  it('differ where one is missing, or a percentile is another one', () => {
    const less = new Map(union);
    less.delete(merged.indexOf(50));
    expect(heldUnion(less, merged).differs).toContain('samples');
    const averaged = {
      toDelta: () => merged.toDelta(),
      indexOf: (value: number) => merged.indexOf(value),
      percentile: (percentile: number) => (merged.percentile(percentile) ?? 0) * 1.05,
    };
    expect(heldUnion(union, averaged).differs).toEqual(['p50', 'p75', 'p90', 'p95', 'p99', 'p99.9']);
  });

  it('differ where nothing was merged', () => {
    expect(heldUnion(union, undefined).differs).toEqual(['no latency was merged']);
  });
});

describe('what has to hold of runs on agents', () => {
  it('holds where counts, samples and the rate are those of the plan', () => {
    expect(problemsWith({})).toEqual([]);
  });

  it.each([
    [
      'an event too few',
      { counters: { events_sent: 999, events_accepted: 999 } },
      /planned 1000,1000, sent 1000,999/,
    ],
    ['a rate that is off', { load: { measured_s: 10.1 } }, /offered 99\.0\d+ of 100/],
    [
      'a late start',
      { generator: { agents: [1, 2, 3, 4].map(() => ({ ...AGENT, startedLate_us: 12_000 })) } },
      /began 12000 µs late/,
    ],
    [
      'an agent that says nothing',
      { generator: { agents: [{ ...AGENT, startedLate_us: null }] } },
      /1 have not/,
    ],
    ['an invalid run', { invalidities: [{ text: 'a worker was lost' }] }, /1 of 2 runs invalid: a worker/],
  ])('%s does not', (_what, changes, problem) => {
    expect(problemsWith(changes)).toEqual([expect.stringMatching(problem)]);
  });

  it('other samples do not', () => {
    expect(problemsWith({}, { samples: 1_000, differs: ['p99'] })).toEqual([
      '2 agents: merged and sent differ in p99',
    ]);
  });
});

it('the tables say what was measured, with the machine', () => {
  const machine = { cpuModel: 'a CPU', cpus: 2, kernel: '6.1', node: 'v20' };
  const start = { at: '2026-11-29T10:00:00Z', machine, busy_cores: 0.1 };
  const load = { connections: 64, rate_per_s: RATE, duration_s: 10, rounds: 1 };
  const text = reportOf(start, [summaryOf(2, [RUN], RATE)], load);
  expect(text).toContain('_a CPU, 2 CPUs, kernel 6.1, Node.js v20; 2026-11-29; others kept 0.1 cores busy');
  expect(text).toContain(
    '| 2 | 1,000 | exactly | 100 | those of all agents together | 400 µs, 900 µs | 0 of 1 |',
  );
  expect(text).toContain('| 2 | 80–120 µs | at most 3 µs | 110 MB | 80 MB | 2.0 KB, 24.0 KB | 30 | 2.0 KB |');
});
