import { expect, test } from 'vitest';
import {
  comparisonOf,
  figuresOf,
  mergedReport,
  type RunFigures,
  reportOf,
  summaryOf,
} from '../../../bench/bottlenecks-report.mjs';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const RUN: RunFigures = {
  ...{ p50_ms: 4, p95_ms: 20, answered_per_s: 60, unanswered: 0, postgres_cores: 0.5, relays_cores: 0.2 },
  ...{
    bottleneck: 'pool-wait',
    title: 'the pool',
    evidence: ['9 queries waited'],
    isValid: true,
    reasons: [],
  },
};
const NOTHING = { bottleneck: null, title: null, evidence: [] };
const BETTER = { verdict: 'better', change: -0.8, low: -0.85, high: -0.7, pairs: 5, why: null };
const START = { at: '2026-01-01T00:00:00Z', machine: { cpus: 2 }, busy_cores: 0 };

test('a run is told by its answers, its cost and its diagnosis', () => {
  const record = sampleRecord('pass');
  const figures = figuresOf(record, diagnose(record));
  const p95_us = record.metrics['eose_latency']?.p95_us ?? null;
  expect(p95_us).not.toBeNull();
  expect(figures.p95_ms).toBe((p95_us ?? 0) / 1_000);
  expect(figures.answered_per_s).toBeCloseTo(record.counters.queries_completed / record.load.measured_s, 6);
});

test('runs of one side come to their medians and to what most of them say', () => {
  const summary = summaryOf([
    { ...RUN, p95_ms: 30 },
    { ...RUN, ...NOTHING, p95_ms: 10, unanswered: 2, isValid: false },
    { ...RUN, p95_ms: 500 },
  ]);
  expect(summary).toMatchObject({
    p95_ms: 30,
    unanswered: 2,
    title: 'the pool',
    times: 2,
    runs: 3,
    invalid: 1,
  });
  expect(summary.evidence).toEqual(['9 queries waited']);
});

test('a figure that one run does not know is not known of all', () => {
  expect(summaryOf([RUN, { ...RUN, postgres_cores: null }]).postgres_cores).toBeNull();
});

test('the table has a row before and one after, and nothing breaks its columns', () => {
  const before = { flags: ['--set', 'relay.pool=1'], summary: summaryOf([RUN, { ...RUN, ...NOTHING }, RUN]) };
  const calm = summaryOf([{ ...RUN, ...NOTHING, evidence: [] }]);
  const lines = reportOf(START, [
    { title: 'a | b', before, after: { flags: [], summary: calm }, comparison: BETTER },
  ]).split('\n');
  const rows = lines.filter((line) => line.startsWith('|'));
  const columns = (line = '') => line.replaceAll('\\|', '').split('|').length;
  expect(new Set(rows.map(columns)).size).toBe(1);
  expect(rows[2]).toContain('| `scaled --set relay.pool=1` | the pool (2 of 3 runs) |');
  expect(rows[3]).toContain('| after | `scaled` | nothing seen |');
  expect(rows[3]).toContain('| better: -80 % (-85 % to -70 %, 5 pairs) |');
  expect(lines.at(-1)).toBe('- **a | b**: 9 queries waited');
});

test('what ab has no verdict on has its reason in the table, and no figure', () => {
  const change = comparisonOf({ comparison: null, why: 'only 2 of 5 pairs are valid' }, 'eose_latency p95');
  expect(change).toMatchObject({ verdict: null, change: null, pairs: 0 });
  const side = { flags: [], summary: summaryOf([RUN]) };
  const text = reportOf(START, [{ title: 'a', before: side, after: side, comparison: change }]);
  expect(text).toContain('| no verdict: only 2 of 5 pairs are valid |');
});

test('where too many were not answered before, the change has a verdict and no figure', () => {
  const side = { flags: [], summary: summaryOf([RUN]) };
  const comparison = { ...BETTER, change: null, low: null, high: null };
  const text = reportOf(START, [{ title: 'a', before: side, after: side, comparison }]);
  expect(text).toContain('| better, by how much is not known: too many were not answered (5 pairs) |');
});

test('the rows of others stay where one alone was measured again', () => {
  const side = (title: string) => ({
    flags: [],
    summary: summaryOf([{ ...RUN, title, evidence: [`of ${title}`] }]),
  });
  const row = (title: string, seen: string) => ({
    ...{ title, before: side(seen), after: side('nothing'), comparison: BETTER },
  });
  const older = reportOf(START, [row('a', 'old'), row('b', 'old')]);
  const merged = mergedReport(`before\n\n${older}\n`, ['a', 'b', 'c'], reportOf(START, [row('b', 'new')]));
  expect(merged).toBe(reportOf(START, [row('a', 'old'), row('b', 'new')]));
});
