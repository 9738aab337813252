import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../../src/record/schema.ts';
import { cpuPlot, memoryPlot } from '../../../../../src/report/html/plots/resources.ts';
import { longRecord } from '../../../../support/long-record.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

describe('resources over time', () => {
  const record = longRecord();

  it('show the generator and the six busiest processes on one time axis, and say that there are more', () => {
    const plot = cpuPlot(record);
    expect(plot?.series.map((one) => one.label)).toEqual([
      'generator',
      ...['relay-8', 'relay-7', 'relay-6', 'relay-5', 'relay-4', 'relay-3'],
    ]);
    expect(plot?.note).toBe('The 6 busiest of 8 processes; the table below has all.');
  });

  it('count the samples of processes from the start of the load', () => {
    const relay = memoryPlot(record)?.series[0];
    expect(relay?.points[0]).toEqual([20, expect.any(Number)]);
    expect(relay?.points.at(-1)?.[0]).toBe(619);
  });

  it('show the generator alone where no process was sampled, and nothing where nothing was', () => {
    const pass = sampleRecord('pass');
    expect(cpuPlot(pass)?.series.map((one) => one.label)).toEqual(['generator']);
    expect(memoryPlot(pass)).toBeNull();
    const blind: RunRecord = { ...pass, intervals: pass.intervals.map((one) => ({ ...one, cpu: null })) };
    expect(cpuPlot(blind)).toBeNull();
  });
});
