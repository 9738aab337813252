import { describe, expect, it } from 'vitest';
import { evaluateGates } from '../../../src/gate/evaluate.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { runOf } from '../../support/sample-runs.ts';

/** A run of these latencies, with faster and slower ones around them; its generator was never late. */
function runWith(values_us: readonly number[], around: readonly number[] = [50_000, 900_000]): RunRecord {
  const histogram = new LatencyHistogram();
  for (const value of values_us) for (let at = 0; at < 250; at++) histogram.record(value);
  for (const value of around) histogram.record(value);
  const summary = histogram.summary();
  const base = runOf(1);
  const { ack_latency: _, ack_latency_service: __, ...others } = base.metrics;
  return runOf(1, {
    generator: { ...base.generator, eventLoopDelay_us: { p50_us: 0, p99_us: 0, max_us: 0 } },
    metrics: { ...others, ack_latency: { ...summary, lowConfidence: [...summary.lowConfidence] } },
  });
}

const values = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);
const judge = (record: RunRecord, gate: string) => evaluateGates(record, [gate])[0];

describe('a percentile whose bucket holds the limit of its gate', () => {
  it('is not called above a limit that all of its samples lie below', () => {
    const record = runWith(values(99_968, 32));
    expect(judge(record, 'ack_latency p95 < 100ms')).toMatchObject({ verdict: 'pass' });
    expect(judge(record, 'ack_latency p95 < 99.98ms')).toMatchObject({ verdict: 'pass', actual: 99.979 });
    expect(judge(record, 'ack_latency p95 <= 99.97ms')).toMatchObject({ verdict: 'pass', actual: 99.97 });
  });

  it('is not called below a limit from the other side either', () => {
    expect(judge(runWith(values(100_000, 32)), 'ack_latency p95 >= 100.01ms')).toMatchObject({
      verdict: 'pass',
      actual: 100.01,
    });
  });

  it('is called above it where the shortest latency of the run is', () => {
    expect(judge(runWith([99_990], []), 'ack_latency p95 < 99.98ms')).toMatchObject({
      verdict: 'fail',
      actual: 99.99,
    });
  });

  it('is called above a limit below its bucket', () => {
    expect(judge(runWith(values(99_968, 32)), 'ack_latency p95 < 99.96ms')?.verdict).toBe('fail');
  });
});
