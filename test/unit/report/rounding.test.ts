import { describe, expect, it } from 'vitest';
import { marginOf } from '../../../src/record/margin.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { annotationsOf } from '../../../src/report/ci/annotations.ts';
import { FORMATS } from '../../../src/report/formats.ts';
import { gateResult, sampleRecord } from '../../support/sample-record.ts';

const options = { color: false, columns: 120, files: [] };

/** A run that falls just short of one limit and stays just below another. */
function narrow(): RunRecord {
  const record = sampleRecord('fail');
  const ack = record.metrics['ack_latency'];
  if (ack === undefined) throw new Error('no ack_latency');
  const gates = [
    gateResult('achieved_rate_ratio >= 99%', 98.996, false),
    gateResult('delivery_ratio >= 99.99%', 99.9896, false),
    gateResult('ack_latency p95 < 100ms', 99.967, true),
  ].map((gate) => ({ ...gate, margin: marginOf(gate) }));
  return {
    ...record,
    gates,
    ratios: { ...record.ratios, achieved_rate_ratio: 0.98996, delivery_ratio: 0.999896 },
    metrics: { ...record.metrics, ack_latency: { ...ack, p95_us: 99_967 } },
  };
}

const record = narrow();
const text = (name: string): string =>
  FORMATS.run.find((format) => format.name === name)?.render(record, options) ?? '';
describe('a value next to the limit of its gate', () => {
  it.each(['terminal', 'md', 'html', 'junit'])('is on its own side of it in %s', (name) => {
    expect(text(name)).toContain('98.996 %');
    expect(text(name)).toContain('99.9896 %');
    expect(text(name)).toContain('99.97 ms');
    // Axes and column heads of the page have such round values as well.
    if (name === 'html') return;
    expect(text(name)).not.toMatch(/(?<![\d.,])(?:99|99\.99) %/);
    expect(text(name)).not.toMatch(/(?<![\d.,<] ?)100 ms/);
  });

  it('is on its own side of it for Prometheus', () => {
    expect(text('openmetrics')).toContain('relaybench_achieved_rate_ratio 0.98996');
    expect(text('openmetrics')).toContain('relaybench_delivery_ratio 0.999896');
    expect(text('openmetrics')).toContain('relaybench_ack_latency_seconds{quantile="0.95"} 0.09997');
  });

  it('is on its own side of it in the annotations of CI', () => {
    const lines = annotationsOf(record).join('\n');
    expect(lines).toContain('98.996 %');
    expect(lines).toContain('99.9896 %');
  });
});
