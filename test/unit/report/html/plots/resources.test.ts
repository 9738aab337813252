import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../../src/record/schema.ts';
import { cpuPlot, memoryPlot } from '../../../../../src/report/html/plots/resources.ts';
import { longRecord } from '../../../../support/long-record.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

describe('resources over time', () => {
  const record = longRecord();

  it('show the generator and every process on one time axis', () => {
    const few = { ...record, components: record.components.slice(0, 3) };
    const plot = cpuPlot(few);
    expect(plot?.series.map((one) => one.label)).toEqual(['generator', 'relay-3', 'relay-2', 'relay-1']);
    expect(plot?.note).toBeUndefined();
  });

  it('show all parts of a stack by role where they are too many for lines of their own', () => {
    const roles = ['balancer', 'database', 'cache', 'bus', 'replica', 'supervisor'];
    const more = roles.map((role, at) => ({ ...record.components[at], name: role, role }));
    const components = [...record.components, ...more] as RunRecord['components'];
    const plot = cpuPlot({ ...record, components });
    const labels = plot?.series.map((one) => one.label) ?? [];
    expect(labels).toHaveLength(7);
    expect(labels).toContain('relay (8)');
    expect(labels.at(-1)).toBe('others (2)');
    expect(plot?.note).toBe('Processes of one role added up; the table below has each.');
    const second = (one: RunRecord['components'][number]) => one.samples?.[5]?.cpuShare ?? 0;
    const sum = record.components.reduce((total, one) => total + second(one), 0);
    const relays = plot?.series.find(({ label }) => label === 'relay (8)');
    expect(relays?.points[5]?.[1]).toBeCloseTo(sum);
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
