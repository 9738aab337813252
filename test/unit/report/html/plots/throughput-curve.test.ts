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
    expect(curve?.table.rows).toHaveLength(5);
  });

  it('is no curve where the load had less than three levels', () => {
    expect(throughputCurve(sampleRecord('pass'))).toBeNull();
    expect(throughputCurve(sampleRecord('fail'))).toBeNull();
  });
});
