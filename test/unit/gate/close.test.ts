import { describe, expect, it } from 'vitest';
import { evaluateGates } from '../../../src/gate/evaluate.ts';
import type { EffectiveQuantile } from '../../../src/metric/summary.ts';
import type { GateResult, RunRecord } from '../../../src/record/schema.ts';
import { sampleRecord } from '../../support/sample-record.ts';

/** The passing sample with this p95 of its acknowledgements, from schedule and write alike. */
function record(p95_us: number, p95: Omit<EffectiveQuantile, 'samples'> | null): RunRecord {
  const run = sampleRecord('pass');
  const ack = run.metrics['ack_latency'];
  if (ack === undefined) throw new Error('the sample has no ack_latency');
  const summary = { ...ack, p95_us };
  const effective = p95 === null ? undefined : { p95: { samples: 200, ...p95 } };
  return {
    ...run,
    metrics: {
      ...run.metrics,
      ack_latency: { ...summary, ...(effective === undefined ? {} : { effective }) },
      ack_latency_service: summary,
    },
    generator: { ...run.generator, eventLoopDelay_us: { p50_us: 0, p99_us: 0, max_us: 0 } },
  };
}

function evaluate(expression: string, run: RunRecord): GateResult {
  const [result] = evaluateGates(run, [expression]);
  if (result === undefined) throw new Error('no result');
  return result;
}

describe('a gate that is near to its limit', () => {
  it('is marked where it holds and its interval reaches over the limit', () => {
    const result = evaluate('ack_latency p95 < 100ms', record(92_000, { low_us: 84_000, high_us: 108_000 }));
    expect(result).toMatchObject({ verdict: 'pass', close: { low: 84, high: 108 } });
  });

  it('is marked where it fails and its interval begins below the limit', () => {
    const result = evaluate('ack_latency p95 < 0.1s', record(103_000, { low_us: 97_000, high_us: 120_000 }));
    expect(result).toMatchObject({ verdict: 'fail', close: { low: 0.097, high: 0.12 } });
  });

  it.each([
    ['holds clearly', 'ack_latency p95 < 100ms', 60_000, { low_us: 55_000, high_us: 71_000 }],
    ['fails clearly', 'ack_latency p95 < 100ms', 160_000, { low_us: 140_000, high_us: 190_000 }],
    ['looks at another percentile', 'ack_latency p50 < 100ms', 92_000, { low_us: 84_000, high_us: 108_000 }],
    ['asks for a figure', 'ack_latency p95 != 100ms', 92_000, { low_us: 84_000, high_us: 108_000 }],
    ['has no known interval', 'ack_latency p95 < 100ms', 99_000, null],
  ])('is not marked where it %s', (_what, expression, p95_us, interval) => {
    expect(evaluate(expression, record(p95_us, interval))).not.toHaveProperty('close');
  });

  it.each([
    [92_000, 'pass'],
    [105_000, 'fail'],
  ])('is marked with > as with <, at %d µs', (p95_us, other) => {
    const run = record(p95_us, { low_us: 84_000, high_us: 108_000 });
    const verdict = other === 'pass' ? 'fail' : 'pass';
    expect(evaluate('ack_latency p95 > 100ms', run)).toMatchObject({ verdict, close: { low: 84 } });
  });

  it('is marked with an open end where an interval that nothing bounds would reach as far up as down', () => {
    const run = record(92_000, { low_us: 80_000, high_us: null });
    expect(evaluate('ack_latency p95 < 100ms', run).close).toEqual({ low: 80, high: null });
    expect(evaluate('ack_latency p95 < 110ms', run)).not.toHaveProperty('close');
  });

  it('is marked whatever it may be where not even the lower end is above zero', () => {
    const run = record(92_000, { low_us: 0, high_us: null });
    expect(evaluate('ack_latency p95 < 10s', run).close).toEqual({ low: 0, high: null });
  });

  it('is not marked where it looks at windows, whose intervals nobody knows', () => {
    const run = record(92_000, { low_us: 84_000, high_us: 108_000 });
    expect(evaluate('ack_latency max < 100ms over 3s', run)).not.toHaveProperty('close');
  });
});
