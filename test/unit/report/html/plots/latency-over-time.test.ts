import { describe, expect, it } from 'vitest';
import { latencyOverTime } from '../../../../../src/report/html/plots/latency-over-time.ts';
import { longRecord } from '../../../../support/long-record.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

describe('latencies over time', () => {
  it('have a plot for each latency that was measured in more than one second, all with the same axes', () => {
    const plots = latencyOverTime(longRecord());
    expect(plots.map((plot) => plot.id)).toContain('time-ack-latency');
    expect(plots).toHaveLength(6);
    expect(new Set(plots.map((plot) => JSON.stringify([plot.x, plot.y.domain]))).size).toBe(1);
  });

  it('leave out the connections that were opened before the load', () => {
    const record = sampleRecord('pass');
    const [first, ...others] = record.intervals;
    if (first === undefined) throw new Error('no interval');
    const connect_latency = { count: 50, p50_us: 900, p95_us: 2_000, p99_us: 3_000, max_us: 3_100 };
    const opened = { ...first, latencies: { ...first.latencies, connect_latency } };
    const ids = latencyOverTime({ ...record, intervals: [opened, ...others] }).map((plot) => plot.id);
    expect(ids).toEqual(['time-ack-latency', 'time-eose-latency', 'time-delivery-latency']);
  });

  it('show the limits of gates on the latency as a whole', () => {
    const [ack] = latencyOverTime(sampleRecord('fail'));
    expect(ack?.limits).toEqual([{ value: 100_000, label: 'p95 < 100ms' }]);
  });
});
