import { expect } from 'vitest';
import { COUNTER_NAMES } from '../../src/metric/counters.ts';
import { readPrometheusText } from '../../src/observe/figures/prometheus-text.ts';
import type { RunRecord } from '../../src/record/schema.ts';

/** What monitoring was told of a run: by name without its prefix, and the values of the labels that are not the run's, such as `gate_ok notices == 0`. */
export type Told = ReadonlyMap<string, number>;

/** Labels that every sample has, of the run or of whoever keeps it. */
const COMMON = new Set(['__name__', 'run_id', 'scenario', 'instance', 'job']);

/** How {@link Told} calls a sample. */
export function toldName(name: string, labels: Iterable<readonly [label: string, value: string]>): string {
  const own = [...labels].filter(([label]) => !COMMON.has(label)).map(([, value]) => value);
  return [name.replace(/^relaybench_/, ''), ...own].join(' ');
}

/** Reads a scrape, of which every line must be one. */
export function toldIn(text: string): Told {
  const told = new Map<string, number>();
  const malformed = readPrometheusText(text, ({ name, labels, value }) => {
    told.set(toldName(name, labels), value);
  });
  expect(malformed).toBe(0);
  return told;
}

/** Every number that was told at the end is that of the record. */
export function expectNumbersOf(record: RunRecord, told: Told): void {
  for (const name of COUNTER_NAMES) expect(told.get(`${name}_total`), name).toBe(record.counters[name]);
  for (const [name, ratio] of Object.entries(record.ratios)) expect(told.get(name) ?? null, name).toBe(ratio);
  for (const { expression, verdict } of record.gates)
    expect(told.get(`gate_ok ${expression}`), expression).toBe(verdict === 'pass' ? 1 : 0);
  expectLatency(record, told, 'ack_latency');
  expectLatency(record, told, 'eose_latency');
  expect(told.get('operations_offered_total events')).toBe(record.load.offered.events);
  expect(told.get('operations_achieved_total events')).toBe(record.load.achieved.events);
  expect(told.get(`verdict ${record.verdict}`)).toBe(1);
  expect(told.get('stage finished')).toBe(1);
}

function expectLatency({ metrics }: RunRecord, told: Told, name: string): void {
  const { count, p50_us, max_us } = metrics[name] ?? { count: 0, p50_us: null, max_us: null };
  const us = (quantile: string): number | null => {
    const seconds = told.get(`${name}_quantile_seconds ${quantile}`);
    return seconds === undefined ? null : Math.round(seconds * 1e6);
  };
  expect(told.get(`${name}_seconds_count`), name).toBe(count);
  expect(told.get(`${name}_seconds_bucket +Inf`), name).toBe(count);
  expect(us('0.5'), name).toBe(p50_us);
  expect(us('1'), name).toBe(max_us);
}
