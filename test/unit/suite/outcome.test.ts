import { describe, expect, test } from 'vitest';
import { outcomeOfRun, outcomeOfSearch } from '../../../src/suite/outcome.ts';
import { SUITE_PARTS, type SuitePart } from '../../../src/suite/parts.ts';
import { sampleCapacity, sampleStep } from '../../support/sample-capacity.ts';
import { sampleRecord } from '../../support/sample-record.ts';
import { runOf } from '../../support/sample-runs.ts';

const partOf = (id: string): SuitePart => {
  const part = SUITE_PARTS.find((one) => one.id === id);
  if (part === undefined) throw new Error(`no part ${id}`);
  return part;
};
const PLACE = { file: 'mine/ack/run.json', restarted: false };

describe('the outcome of a run', () => {
  test('has its figures and where it lies', () => {
    const found = outcomeOfRun(partOf('ack'), runOf(1), PLACE);
    expect(found).toMatchObject({
      status: 'measured',
      reason: null,
      file: PLACE.file,
      runId: runOf(1).runId,
    });
    expect(found.readings.get('p95')?.value).toBeGreaterThan(0);
  });

  test('is invalid with the reason of the record', () => {
    const record = sampleRecord('invalid');
    const found = outcomeOfRun(partOf('ack'), record, PLACE);
    expect(found).toMatchObject({ status: 'invalid', reason: record.validity.reasons[0] });
  });

  test('tells of answers that were wrong', () => {
    const record = runOf(1);
    const counters = { ...record.counters, answers_checked: 90, answers_wrong: { missing: 2, order: 1 } };
    const { wrongAnswers } = outcomeOfRun(partOf('queries'), { ...record, counters }, PLACE);
    expect(wrongAnswers).toEqual({ wrong: 3, checked: 90 });
  });
});

describe('the outcome of a search', () => {
  const part = partOf('capacity');

  test('is the limit between what holds and what breaks', () => {
    const capacity = sampleCapacity();
    const found = outcomeOfSearch(part, capacity, 'mine/capacity/capacity.json');
    const { rate_per_s, low, high } = capacity.limit;
    expect(found).toMatchObject({ status: 'measured', reason: null, runId: null });
    expect(found.readings.get('rate')).toEqual({ value: rate_per_s, low, high, reason: null });
  });

  test('that no rate broke says that it is more', () => {
    const capacity = sampleCapacity({ steps: [sampleStep(100)], ended: 'ceiling' });
    expect(outcomeOfSearch(part, capacity, 'x').caveats.join()).toContain('this much or more');
  });

  test('that ran out of time says so', () => {
    const capacity = sampleCapacity({ ended: 'budget' });
    expect(outcomeOfSearch(part, capacity, 'x').caveats.join()).toMatch(/its time was over after \d+ steps/);
  });

  test('without a rate that holds has no value, and is measured all the same', () => {
    const capacity = sampleCapacity({ steps: [sampleStep(400)], ended: 'floor' });
    const found = outcomeOfSearch(part, capacity, 'x');
    expect(found.status).toBe('measured');
    expect(found.readings.get('rate')).toMatchObject({
      value: null,
      reason: expect.stringContaining('lowest rate'),
    });
  });

  test('of steps that the generator could not carry out is invalid', () => {
    const step = sampleStep(100, { verdict: 'invalid', reason: 'generator late' });
    const found = outcomeOfSearch(part, sampleCapacity({ steps: [step], ended: 'ceiling' }), 'x');
    expect(found).toMatchObject({ status: 'invalid', reason: 'generator late' });
  });

  test('whose relay was lost has failed', () => {
    const found = outcomeOfSearch(part, sampleCapacity({ ended: 'target-lost' }), 'x');
    expect(found).toMatchObject({ status: 'failed', reason: expect.stringContaining('lost') });
  });

  test('that was interrupted is worth nothing', () => {
    expect(outcomeOfSearch(part, sampleCapacity({ ended: 'interrupted' }), 'x').status).toBe('invalid');
  });
});
