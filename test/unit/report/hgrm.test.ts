import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../src/metric/bucket.ts';
import { hgrmFormat } from '../../../src/report/hgrm.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const record = sampleRecord('pass');
const text = hgrmFormat.render(record, { color: false, columns: 80, files: [] });

describe('hgrmFormat', () => {
  it('has one block for each series with samples', () => {
    const names = [...text.matchAll(/^# (\S+) \(ms\)$/gm)].map((match) => match[1]);
    const measured = Object.keys(record.metrics).filter((key) => (record.metrics[key]?.count ?? 0) > 0);
    expect(names).toEqual(measured);
  });

  it('agrees with the summary, in milliseconds, by the top of the bucket whose middle is reported', () => {
    const block = text.split('# ack_latency (ms)\n')[1] ?? '';
    const median = /^ +([\d.]+) 0\.500000000000 /m.exec(block)?.[1];
    expect(Number(median) * 1_000).toBeCloseTo(
      bucketOf(record.metrics['ack_latency']?.p50_us ?? 0).high_us,
      6,
    );
  });
});
