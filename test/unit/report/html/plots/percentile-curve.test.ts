import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../../../src/metric/histogram.ts';
import { curve, percentileCurve } from '../../../../../src/report/html/plots/percentile-curve.ts';
import { sampleRecord } from '../../../../support/sample-record.ts';

function summaryOf(samples: number, censored = 0) {
  const histogram = new LatencyHistogram();
  for (let i = 1; i <= samples; i++) histogram.record(i * 1_000);
  histogram.censor(censored);
  const summary = histogram.summary();
  return { ...summary, lowConfidence: [...summary.lowConfidence] };
}

/** The latency at that many nines. */
function at(points: ReturnType<typeof curve>, nines: number): number | null | undefined {
  return points.find(([x]) => Math.abs(x - nines) < 1e-9)?.[1];
}

describe('the percentile curve', () => {
  it('has the percentiles of the histogram at its nines', () => {
    const points = curve(summaryOf(1_000));
    expect((at(points, 1) ?? 0) / 900_000).toBeCloseTo(1, 2);
    expect((at(points, 2) ?? 0) / 990_000).toBeCloseTo(1, 2);
    expect((at(points, 3) ?? 0) / 999_000).toBeCloseTo(1, 2);
  });

  it('goes no further than its samples tell', () => {
    expect(curve(summaryOf(1_000)).at(-1)?.[0]).toBe(3);
    expect(curve(summaryOf(100)).at(-1)?.[0]).toBe(2);
  });

  it('ends where the operations begin that never ended, and counts them above all samples', () => {
    const points = curve(summaryOf(900, 100));
    expect(points.at(-1)?.[0]).toBeLessThanOrEqual(1);
    expect((at(points, 0.5) ?? 0) / ((1 - 10 ** -0.5) * 1_000_000)).toBeCloseTo(1, 2);
  });

  it('never falls', () => {
    const values = curve(sampleRecord('pass').metrics['ack_latency']).map(([, y]) => y ?? 0);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  it('is empty without samples', () => {
    expect(curve(undefined)).toEqual([]);
    expect(percentileCurve({ ...sampleRecord('pass'), metrics: {} })).toBeNull();
  });

  it('has each latency with its service time as a dashed twin in the same ink', () => {
    const plot = percentileCurve(sampleRecord('pass'));
    const [first, second] = plot?.series ?? [];
    expect(first).toMatchObject({ label: 'ack', ink: 1 });
    expect(second).toMatchObject({ label: 'ack, service', ink: 1, dashed: true });
  });
});
