import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../src/metric/bucket.ts';
import { hlogFormat } from '../../../src/report/hlog.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const options = { color: false, columns: 80, files: [] };

describe('hlogFormat', () => {
  it('is read back by the HdrHistogram library, every series with its tag and percentiles', () => {
    const record = sampleRecord('fail');
    const reader = new HistogramLogReader(hlogFormat.render(record, options));
    for (const [key, summary] of Object.entries(record.metrics)) {
      const histogram = reader.nextIntervalHistogram();
      expect(histogram?.tag).toBe(key);
      expect(histogram?.totalCount).toBe(summary.count);
      if (summary.p95_us === null) continue;
      const { low_us, high_us } = bucketOf(summary.p95_us);
      expect(histogram?.getValueAtPercentile(95)).toBeGreaterThanOrEqual(low_us);
      expect(histogram?.getValueAtPercentile(95)).toBeLessThanOrEqual(high_us);
    }
    expect(reader.nextIntervalHistogram()).toBeNull();
  });

  it('gives each interval the time it covers', () => {
    const lines = hlogFormat.render(sampleRecord('fail'), options).split('\n');
    const spanOf = (tag: string) =>
      lines
        .find((line) => line.startsWith(`Tag=${tag},`))
        ?.split(',')
        .slice(1, 3);
    expect(spanOf('ack_latency')).toEqual(['5.000', '20.000']);
    expect(spanOf('ack_latency{phase=high}')).toEqual(['15.000', '10.000']);
  });

  it('leaves out series without samples', () => {
    expect(hlogFormat.render(sampleRecord('pass'), options)).not.toContain('reject_latency');
  });

  it('makes tags of several labels without commas', () => {
    const record = sampleRecord('pass');
    const [summary] = Object.values(record.metrics);
    const metrics = { 'eose_latency{filter=a,phase=b}': summary };
    const text = hlogFormat.render({ ...record, metrics } as typeof record, options);
    expect(text).toContain('Tag=eose_latency{filter=a;phase=b},');
  });
});
