import { describe, expect, it } from 'vitest';
import { throughputCurve } from '../../../../../src/report/html/plots/throughput-curve.ts';
import { longRecord } from '../../../../support/long-record.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

describe('latency by throughput', () => {
  it('has a point for each load level, by ascending throughput', () => {
    const curve = throughputCurve(longRecord());
    const [ack] = curve?.plot.series ?? [];
    const throughput = ack?.points.map(([x]) => x) ?? [];
    expect(throughput).toHaveLength(5);
    expect(throughput).toEqual([...throughput].sort((a, b) => a - b));
    expect(ack?.points.at(-1)?.[1]).toBeGreaterThan(ack?.points[0]?.[1] ?? 0);
    expect(curve?.table?.rows).toHaveLength(5);
  });

  it('has a point for each second where the load rises within a phase, by ascending throughput', () => {
    const record = sampleRecord('pass');
    const rising = record.intervals.map((one, at) => ({ ...one, offered: 50 + 10 * at, acked: 10 * at }));
    const plot = throughputCurve({ ...record, intervals: rising })?.plot;
    const throughput = plot?.series[0]?.points.map(([x]) => x) ?? [];
    expect(plot?.marks).toBe('dots');
    expect(throughput).toHaveLength(20);
    expect(throughput).toEqual([...throughput].sort((a, b) => a - b));
    expect(plot?.series.map((one) => one.label)).toEqual(['ack_latency', 'eose_latency', 'delivery_latency']);
  });

  it('is no curve where the load was constant or had two levels', () => {
    expect(throughputCurve(sampleRecord('pass'))).toBeNull();
    expect(throughputCurve(sampleRecord('fail'))).toBeNull();
  });
});
