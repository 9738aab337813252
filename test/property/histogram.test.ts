import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/metric/histogram.ts';

const HIGHEST_US = 3_600_000_000;

/** Latencies over all magnitudes, beyond the highest included. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: HIGHEST_US }),
  fc.double({ min: 0, max: 2 * HIGHEST_US, noNaN: true }),
);
const values = fc.array(value, { minLength: 1, maxLength: 300 });

function histogramOf(samples: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const sample of samples) histogram.record(sample);
  return histogram;
}

/** The smallest value that at least `percentile` of the samples do not exceed. */
function exactPercentile(samples: readonly number[], percentile: number): number {
  const sorted = samples.map((v) => Math.min(Math.round(v), HIGHEST_US)).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length - 1e-9) - 1)] ?? Number.NaN;
}

describe('LatencyHistogram', { timeout: 60_000 }, () => {
  it('is within 0.1 % of the exact quantile', async () => {
    await fc.assert(
      fc.property(values, fc.constantFrom(1, 25, 50, 75, 90, 95, 99, 99.9, 100), (samples, percentile) => {
        const exact = exactPercentile(samples, percentile);
        const found = histogramOf(samples).percentile(percentile) ?? Number.NaN;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.001);
      }),
    );
  });

  it('merges into exactly what one histogram of all samples holds', async () => {
    await fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = new LatencyHistogram();
        for (const part of parts) merged.add(histogramOf(part));
        const { mean_us, ...others } = merged.summary();
        const { mean_us: wholeMean_us, ...whole } = histogramOf(parts.flat()).summary();
        expect(others).toEqual(whole);
        expect(mean_us).toBeCloseTo(wholeMean_us ?? Number.NaN, 2);
      }),
      { numRuns: 30 },
    );
  });

  it('carries its content between processes without loss', async () => {
    await fc.assert(
      fc.property(values, (samples) => {
        const received = new LatencyHistogram();
        received.addDelta(structuredClone(histogramOf(samples).toDelta()));
        expect(received.summary()).toEqual(histogramOf(samples).summary());
      }),
      { numRuns: 30 },
    );
  });

  it('comes back from its summary as it was', async () => {
    await fc.assert(
      fc.property(values, (samples) => {
        const summary = histogramOf(samples).summary();
        expect(LatencyHistogram.fromSummary(summary).summary()).toEqual(summary);
      }),
      { numRuns: 30 },
    );
  });

  it('has the exact extremes of what it recorded', async () => {
    await fc.assert(
      fc.property(values, (samples) => {
        const histogram = histogramOf(samples);
        expect(histogram.min_us).toBe(exactPercentile(samples, 0));
        expect(histogram.max_us).toBe(exactPercentile(samples, 100));
      }),
    );
  });
});
