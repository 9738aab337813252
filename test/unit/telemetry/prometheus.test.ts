import { describe, expect, it } from 'vitest';
import { readPrometheusText } from '../../../src/observe/figures/prometheus-text.ts';
import { INVISIBLE } from '../../../src/record/invisible.ts';
import { prometheusText } from '../../../src/telemetry/prometheus.ts';
import { familiesOf } from '../../../src/telemetry/view.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

const COMMON = { run_id: 'r1', scenario: 'quick' };

describe('the text for Prometheus', () => {
  it.each(SAMPLE_NAMES)(
    'of the %s run is read by a parser without a malformed line, each sample once',
    async (name) => {
      const text = await prometheusText(familiesOf(sampleRecord(name), true), COMMON);
      const keys: string[] = [];
      const malformed = readPrometheusText(text, ({ name: sample, labels }) => {
        keys.push(`${sample} ${JSON.stringify([...labels].sort())}`);
        expect(labels.get('run_id')).toBe('r1');
        expect(labels.get('scenario')).toBe('quick');
      });
      expect(malformed).toBe(0);
      expect(keys.length).toBeGreaterThan(200);
      expect(new Set(keys).size).toBe(keys.length);
    },
  );

  it('has classic buckets that grow, end with all samples, and sum and count beside them', async () => {
    const record = sampleRecord('pass');
    const text = await prometheusText(familiesOf(record, true), {});
    const buckets: [string, number][] = [];
    readPrometheusText(text, ({ name, labels, value }) => {
      if (name === 'relaybench_ack_latency_seconds_bucket') buckets.push([labels.get('le') ?? '', value]);
    });
    expect(buckets.map(([le]) => le).slice(0, 3)).toEqual(['0.0005', '0.001', '0.002']);
    expect(buckets.at(-1)).toEqual(['+Inf', record.metrics['ack_latency']?.count]);
    const counts = buckets.map(([, value]) => value);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    expect(text).toContain('# TYPE relaybench_ack_latency_seconds histogram\n');
    expect(text).toContain(`relaybench_ack_latency_seconds_count ${record.metrics['ack_latency']?.count}\n`);
  });

  it('declares counters and gauges with the words of the catalogue', async () => {
    const text = await prometheusText(familiesOf(sampleRecord('pass'), true), {});
    expect(text).toContain('# HELP relaybench_events_sent_total EVENT messages written\n');
    expect(text).toContain('# TYPE relaybench_events_sent_total counter\n');
    expect(text).toContain('# TYPE relaybench_gate_ok gauge\n');
  });

  it('shows nothing in a label that acts on a terminal', async () => {
    const text = await prometheusText(familiesOf(sampleRecord('hostile'), true), {});
    expect(text.match(INVISIBLE)?.filter((one) => one !== '\n') ?? []).toEqual([]);
  });
});
