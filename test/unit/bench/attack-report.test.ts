import { expect, test } from 'vitest';
import { reportOf, verdictOf } from '../../../bench/attack-report.mjs';

const CALM = { operations: 60, p50_ms: 3, p95_ms: 20, max_ms: 40, failures: [] };
const LATE = { ...CALM, p95_ms: 180, max_ms: 400 };
const row = (changes: object) => ({
  ...{ attack: 'x', target: 'relay', told: 'a | b', before: CALM, during: CALM, after: CALM },
  ...{ rss_mib: 100, ended: 0 },
  ...changes,
});

test.each([
  ['held', {}],
  ['failed', { during: LATE }],
  ['held', { during: LATE, target: 'stack' }],
  ['failed', { after: LATE }],
  ['failed', { during: { ...CALM, failures: ['refused: slow down'] } }],
  ['undecided', { before: LATE, during: LATE }],
  ['failed', { before: LATE, ended: 1 }],
  ['failed', { rss_mib: 512 }],
])('an attack has %s: %j', (verdict, changes) => {
  expect(verdictOf(row(changes))).toMatchObject({ verdict });
});

test('the table says what was broken, and nothing breaks its columns', () => {
  const start = { at: '2026-01-01T00:00:00Z', machine: { cpus: 2 }, busy_cores: 0 };
  const facts = row({ ended: 2 });
  const text: string = reportOf(start, [{ ...facts, ...verdictOf(facts) }]);
  expect(text).toContain('**failed**: 2 relay processes ended');
  expect(text).toContain('| 3 / 20 / 40 ms |');
  expect(text.split('\n').at(-1)).toContain('a \\| b');
});
