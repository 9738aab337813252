import { expect, test } from 'vitest';
import { answerOf, reportOf, summaryOf } from '../../../bench/throttled-report.mjs';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { sampled, stackRecord } from '../../support/sample-diagnosis.ts';

const START = { at: '2026-01-01T00:00:00Z', machine: { cpus: 2 }, busy_cores: 0 };
const REDIS = { name: 'Redis', how: 'half', cause: 'redis', component: 'pubsub' };

const diagnosisOf = (name: string) =>
  diagnose(stackRecord({ [name]: sampled(name, 'Redis pub/sub', () => ({ cpu: 0.99 })) }));
const named = answerOf(REDIS, diagnosisOf('pubsub'), true);
const other = answerOf(REDIS, diagnosisOf('cache-1'), true);
const nothing = answerOf(REDIS, diagnose(stackRecord()), true);

test('a part is named where the first suspect is that part, and not another one of its kind', () => {
  expect(named).toMatchObject({ isNamed: true, said: 'Redis (pubsub)', sureness: 'sure' });
  expect(other).toMatchObject({ isNamed: false, said: 'Redis (cache-1)' });
  expect(nothing).toMatchObject({ isNamed: false, said: 'nothing', evidence: [] });
});

test('nine of ten are enough, eight are not', () => {
  const of = (times: number) =>
    summaryOf(REDIS, [...Array(times).fill(named), ...Array(10 - times).fill(nothing)]);
  expect(of(9)).toMatchObject({ isHeld: true, named: 9, runs: 10, others: [{ said: 'nothing', times: 1 }] });
  expect(of(8).isHeld).toBe(false);
  expect(summaryOf(REDIS, []).isHeld).toBe(false);
});

test('the table has a row a part, with what is said else, and how many were found', () => {
  const rows = [
    summaryOf(REDIS, [named, named]),
    summaryOf({ name: 'a | b', how: 'all' }, [other, other, nothing]),
  ];
  const lines = reportOf(START, rows).split('\n');
  expect(lines).toContainEqual(
    expect.stringMatching(/^\| Redis \| half \| 2 of 2 \| 2 of 2 \| – \| pubsub used /),
  );
  expect(lines).toContainEqual(
    expect.stringContaining('| a \\| b | all | 0 of 3 ✗ | 0 of 3 | Redis (cache-1): 2; nothing: 1 |'),
  );
  expect(lines.at(-1)).toBe('In at least nine of ten runs: 1 of 2 parts.');
});
