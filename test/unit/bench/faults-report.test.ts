import { describe, expect, it } from 'vitest';
import { mergedReport, reportOf, summaryOf } from '../../../bench/faults-report.mjs';

const MACHINE = { cpuModel: 'a CPU', cpus: 2, kernel: '6.1', node: 'v20' };
const start = (day: string) => ({ at: `${day}T10:00:00Z`, machine: MACHINE, busy_cores: 0.1 });
const row = (name: string, worst: number) => ({
  ...{ name, verdict: 'held', why: null },
  figures: [{ figure: 'silence, ms', limit: 500, median: worst, worst, unknown: 0 }],
});
const ORDER = ['relay SIGKILL', 'HAProxy SIGKILL', 'no fault'];

/** A run of which the table knows how long its clients were away, and how many events were refused. */
const run = (p99_us: number, refused = 0) => ({
  verdict: 'pass',
  metrics: { reconnect_latency: { p99_us, max_us: p99_us } },
  counters: { events_rejected: refused === 0 ? {} : { error: refused } },
});
const CASE = { name: 'relay SIGKILL', most: { 'clients back p99, ms': 500, refused: 0 }, measured: [] };

describe('what repetitions of a fault show', () => {
  it('judges percentiles of clients by all repetitions together, and shows each', () => {
    const summary = summaryOf(CASE, [run(300_000), run(600_000)], () => 450);
    expect([summary.verdict, summary.why]).toEqual(['held', null]);
    const [line = ''] = reportOf(start('2026-11-29'), [summary], 2).split('\n').slice(-1);
    expect(line).toContain('clients back p99, ms 450 of all runs, of each 300, 600 (500); refused 0 (0)');
  });

  it('judges counts by the worst repetition', () => {
    const { verdict, why } = summaryOf(CASE, [run(300_000), run(300_000, 2), run(300_000)], () => 300);
    expect([verdict, why]).toEqual(['failed', 'refused 2, allowed 0']);
  });

  it('holds nothing where a percentile is not known', () => {
    const { verdict, why } = summaryOf(CASE, [run(300_000)], () => null);
    expect([verdict, why]).toEqual(['failed', 'clients back p99, ms not known']);
  });

  it('leaves a fault undecided where a run was invalid', () => {
    const invalid = { ...run(9_000_000, 7), verdict: 'invalid', validity: { reasons: ['late'] } };
    const { verdict, why } = summaryOf(CASE, [run(300_000), invalid], () => 300);
    expect([verdict, why]).toEqual(['undecided', 'late']);
  });
});

describe('the table of faults', () => {
  it('has a row a fault, with the day on which it was measured', () => {
    const lines = reportOf(start('2026-11-29'), [row('relay SIGKILL', 50)], 5).split('\n');
    expect(lines[0]).toContain('a CPU, 2 CPUs');
    expect(lines.at(-1)).toBe('| relay SIGKILL | silence, ms 50 (500) | – | held | 2026-11-29 |');
  });

  it('keeps the rows of faults that were not measured again, in the order of the cases', () => {
    const older = reportOf(start('2026-11-29'), [row('no fault', 1), row('relay SIGKILL', 50)], 5);
    const newer = reportOf(start('2026-12-01'), [row('HAProxy SIGKILL', 300), row('no fault', 2)], 5);
    const merged = mergedReport(`<!-- begin -->\n${older}\n`, ORDER, newer).split('\n');
    expect(merged.slice(-3)).toEqual([
      '| relay SIGKILL | silence, ms 50 (500) | – | held | 2026-11-29 |',
      '| HAProxy SIGKILL | silence, ms 300 (500) | – | held | 2026-12-01 |',
      '| no fault | silence, ms 2 (500) | – | held | 2026-12-01 |',
    ]);
    expect(merged.filter((line) => line.startsWith('| fault'))).toHaveLength(1);
  });
});
