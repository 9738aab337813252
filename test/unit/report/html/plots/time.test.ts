import { describe, expect, it } from 'vitest';
import { overTime, shownIntervals, timeAxis, timeBands } from '../../../../../src/report/html/plots/time.ts';
import { longRecord } from '../../../../support/long-record.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

describe('plots over time', () => {
  const record = longRecord();

  it('leave out the seconds at the end in which nothing came in', () => {
    expect(record.intervals).toHaveLength(623);
    expect(shownIntervals(record)).toHaveLength(620);
    expect(overTime(record, (one) => one.offered).at(-1)).toEqual([619, 880]);
  });

  it('span the whole load', () => {
    expect(timeAxis(record).domain).toEqual([0, 620]);
    expect(timeAxis(sampleRecord('partial')).domain).toEqual([0, 9]);
  });

  it('exist where nothing was measured', () => {
    expect(timeAxis({ ...record, intervals: [] }).domain).toEqual([0, 1]);
  });

  it('shade the warm-up, every other phase, the drain and faults', () => {
    const bands = timeBands(record).map(({ label, kind }) => `${label}: ${kind}`);
    expect(bands).toEqual([
      'warm-up: warm-up',
      'level-1: plain',
      'level-2: shaded',
      'level-3: plain',
      'level-4: shaded',
      'level-5: plain',
      'drain: warm-up',
      'kill relay/2: fault',
    ]);
    expect(timeBands(record).at(-1)).toMatchObject({ from: 400, to: 412 });
  });
});
