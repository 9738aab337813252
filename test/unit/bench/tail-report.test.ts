import { describe, expect, test } from 'vitest';
import { costTable, type TailRecord, tailTable } from '../../../bench/tail-report.mjs';
import type { RunRecord } from '../../../src/record/schema.ts';

const LATENCIES = [
  'ack_latency',
  'eose_latency',
  'delivery_latency',
  'delivery_cross_latency',
  'eose_latency{filter=author-archive}',
];

/** A run in which everything takes so many milliseconds at p95 and at p99. */
function run({ p95 = 10, p99 = 20, verdict = 'valid' as 'valid' | 'invalid' }): TailRecord {
  const summary = { p50_us: 5_000, p95_us: p95 * 1_000, p99_us: p99 * 1_000 } as RunRecord['metrics'][string];
  const component = (name: string, cpuShare: number) => ({ name, cpuShare });
  return {
    metrics: Object.fromEntries(LATENCIES.map((name) => [name, summary])),
    components: [component('relay-1', 0.2), component('relay-2', 0.3), component('haproxy', 0.1)] as never,
    validity: { verdict, reasons: [], owners: [], kinds: [] },
  };
}

const unmet = ({ targets }: ReturnType<typeof tailTable>): string[] =>
  targets.filter(({ isMet }) => !isMet).map(({ text }) => text);

describe('the tables of the tail', () => {
  test('tell the latencies with their range, those of a filter by its name', () => {
    const table = tailTable(100, [run({ p99: 20 }), run({ p99: 30 }), run({ p99: 40 })]);
    expect(table.rows[0]).toEqual(['OK', '5.0 (5.0–5.0)', '10.0 (10.0–10.0)', '30.0 (20.0–40.0)']);
    expect(table.rows.at(-1)?.[0]).toBe('EOSE of author-archive');
    expect(unmet(table)).toEqual([]);
  });

  test('ask for the p99 and for the archive at the rate of the scenario', () => {
    expect(unmet(tailTable(100, [run({ p95: 41, p99: 100 })]))).toEqual([
      'every p99 below 100 ms (median of the runs; worst 100.0)',
      'author-archive p95 below 40 ms (41.0)',
    ]);
  });

  test('ask for the p95 above it, and for valid runs at any rate', () => {
    expect(unmet(tailTable(300, [run({ p95: 41, p99: 200 })]))).toEqual([]);
    expect(unmet(tailTable(300, [run({ p95: 101, verdict: 'invalid' })]))).toEqual([
      'every p95 below 100 ms (median of the runs; worst 101.0)',
      'every run valid',
    ]);
  });

  test('miss a target of which a run knows nothing', () => {
    const { metrics, ...rest } = run({});
    const { ack_latency: _, ...others } = metrics;
    const unknown = { ...rest, metrics: others };
    expect(unmet(tailTable(100, [unknown]))).toHaveLength(1);
    expect(unmet(tailTable(100, [unknown, run({}), run({})]))).toHaveLength(1);
  });

  test('add up the CPU of parts of a kind', () => {
    const table = costTable(300, [run({}), run({})]);
    expect(table.rows[0]).toEqual(['relays', '0.50']);
    expect(table.rows.at(-1)).toEqual(['together', '0.60']);
  });
});
