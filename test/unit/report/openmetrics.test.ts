import { describe, expect, it } from 'vitest';
import { openMetricsFormat } from '../../../src/report/openmetrics.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

const render = (name: (typeof SAMPLE_NAMES)[number]): string =>
  openMetricsFormat.render(sampleRecord(name), { color: false, columns: 80, files: [] });

const SAMPLE =
  /^[a-z_]+(\{[a-z]+="(\\[\\"n]|[^"\\])*"(,[a-z]+="(\\[\\"n]|[^"\\])*")*\})? \d+(\.\d+)?(e-\d+)?$/;
const COMMENT = /^# (TYPE [a-z_]+ (summary|gauge|counter)|UNIT [a-z_]+_seconds seconds|HELP [a-z_]+ .+|EOF)$/;

describe('openMetricsFormat', () => {
  it.each(SAMPLE_NAMES)('keeps to the grammar for the %s run', (name) => {
    const lines = render(name).trimEnd().split('\n');
    expect(lines.filter((line) => !SAMPLE.test(line) && !COMMENT.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe('# EOF');
  });

  it('declares each family once', () => {
    const types = render('fail').match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(types).size).toBe(types.length);
  });

  it('gives latencies in seconds with three digits, by label', () => {
    const text = render('pass');
    expect(text).toContain('relaybench_ack_latency_seconds{quantile="0.95"} 0.00822\n');
    expect(text).toContain('relaybench_eose_latency_seconds{filter="profile",quantile="0.5"} ');
    expect(text).toContain('relaybench_delivery_latency_seconds{quantile="0.999"} ');
  });

  it('tells a gate that is undecided from one that failed', () => {
    const text = render('undecided');
    expect(text).toContain('relaybench_gate_ok{gate="ack_latency p95 < 100ms"} 0\n');
    expect(text).toContain('relaybench_gate_undecided{gate="ack_latency p95 < 100ms"} 1\n');
    expect(text).toContain('relaybench_gate_undecided{gate="eose_latency p95 < 100ms"} 0\n');
  });

  it('leaves out percentiles on too few samples', () => {
    expect(render('pass')).not.toContain('relaybench_connect_latency_seconds{quantile="0.95"}');
  });

  it('says which gates hold and what the verdict is', () => {
    const text = render('fail');
    expect(text).toContain('relaybench_gate_ok{gate="ack_latency p95 < 100ms"} 0\n');
    expect(text).toContain('relaybench_gate_ok{gate="eose_latency p95 < 100ms"} 1\n');
    expect(text).toContain('relaybench_verdict{verdict="fail"} 1\n');
  });
});
