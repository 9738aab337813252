import { expect, it } from 'vitest';
import { compare, judge, readRun } from '../../../src/api/main.ts';
import { sampleRecord } from '../../support/sample-record.ts';
import { runOf } from '../../support/sample-runs.ts';

it('reads a record by its path', async () => {
  expect(await readRun('test/golden/records/run-1.0.0.json')).toMatchObject({ schemaVersion: '1.0.0' });
});

it('judges by the gates that are given, and leaves the record as it was', () => {
  const record = sampleRecord('pass');
  const judged = judge(record, ['ack_latency p95 < 1us']);
  expect(judged).toMatchObject({ verdict: 'fail', exitCode: 99, gates: [{ verdict: 'fail' }] });
  expect(record).toEqual(sampleRecord('pass'));
});

it('names a gate that the run can give no number for', () => {
  expect(() => judge(sampleRecord('pass'), ['ack_latency{phase=never} p95 < 1s'])).toThrow(
    expect.objectContaining({ code: 'GATE_INVALID' }),
  );
});

const [base, slower] = [runOf(1, { runId: 'base' }), runOf(2, { runId: 'slower' })];

it('compares one run a side by the tolerance that is given', () => {
  expect(compare([base], [slower]).verdict).toBe('worse');
  expect(compare([base], [slower], { tolerance: 3 }).verdict).toBe('same');
});

it('refuses a run on both sides', () => {
  expect(() => compare([base], [base])).toThrow(expect.objectContaining({ code: 'SAME_RUN_TWICE' }));
});

it('refuses a side without runs', () => {
  expect(() => compare([base], [])).toThrow(expect.objectContaining({ code: 'COMPARE_SIDES' }));
  expect(() => compare([], [base])).toThrow(expect.objectContaining({ code: 'COMPARE_SIDES' }));
});
