import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergedHistogram } from '../../src/compare/distribution.ts';
import { holm } from '../../src/compare/holm.ts';
import { rankTest } from '../../src/compare/rank-test.ts';
import { shiftBetween } from '../../src/compare/shift.ts';
import { evaluateGates } from '../../src/gate/evaluate.ts';
import { LatencyHistogram } from '../../src/metric/histogram.ts';
import type { IntervalRow, RunRecord } from '../../src/record/schema.ts';
import { runOf } from '../support/sample-runs.ts';

const latency_us = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 3_000_000 }));
const samples = fc.array(latency_us, { minLength: 1, maxLength: 200 });

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** A run of which only the acknowledgements are of interest. */
const recordOf = (values: readonly number[]): RunRecord =>
  runOf(1, {
    metrics: {
      ack_latency: { ...histogramOf(values).summary(), lowConfidence: [] },
    },
  });

describe('runs put together', { timeout: 120_000 }, () => {
  it('are one histogram of all their samples, whatever the runs', async () => {
    await fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 5 }), (runs) => {
        const merged = mergedHistogram(runs.map(recordOf), 'ack_latency');
        const whole = histogramOf(runs.flat());
        expect(merged.count).toBe(whole.count);
        for (const percentile of [1, 25, 50, 75, 90, 95, 99, 99.9, 100])
          expect(merged.percentile(percentile)).toBe(whole.percentile(percentile));
        expect(merged.mean_us).toBeCloseTo(whole.mean_us ?? Number.NaN, 1);
      }),
      { numRuns: 20 },
    );
  });

  it('have percentiles that no mean of percentiles gives', () => {
    const [fast, slow] = [Array(990).fill(1_000), Array(10).fill(900_000)];
    const merged = mergedHistogram([fast, slow].map(recordOf), 'ack_latency');
    expect(merged.percentile(95)).toBeLessThan(1_010);
    const mean = ((histogramOf(fast).percentile(95) ?? 0) + (histogramOf(slow).percentile(95) ?? 0)) / 2;
    expect(mean).toBeGreaterThan(400_000);
  });
});

describe('seconds put together', { timeout: 120_000 }, () => {
  it('give windows whose worst percentile is that of their pooled samples', async () => {
    const second = fc.array(latency_us, { minLength: 40, maxLength: 60 });
    await fc.assert(
      fc.property(fc.array(second, { minLength: 6, maxLength: 8 }), (seconds) => {
        const record = runOf(1, { intervals: seconds.map((values, at) => rowOf(5 + at, values)) });
        const [gate] = evaluateGates(record, ['ack_latency p95 < 1us over 5s']);
        const windows = seconds.slice(4).map((_, at) => histogramOf(seconds.slice(at, at + 5).flat()));
        const worst = Math.max(...windows.map((window) => window.percentile(95) ?? 0));
        // The extremes of a second are known from its buckets only.
        expect(Math.abs((gate?.actual ?? 0) - worst)).toBeLessThanOrEqual(worst * 0.001);
      }),
      { numRuns: 15 },
    );
  });
});

function rowOf(t: number, values: readonly number[]): IntervalRow {
  const histogram = histogramOf(values);
  const ack_latency = {
    count: histogram.count,
    p50_us: null,
    p95_us: null,
    p99_us: null,
    max_us: histogram.max_us,
    hdr: histogram.encoded(),
  };
  const zero = { offered: 0, sent: 0, acked: 0, delivered: 0, completed: 0, connections: 0, errors: 0 };
  return { t, phase: 'steady', ...zero, latencies: { ack_latency }, cpu: null };
}

describe('the rank test', { timeout: 60_000 }, () => {
  const side = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 });

  it('is the same from the other side, and knows only the order of the values', async () => {
    await fc.assert(
      fc.property(side, side, (base, candidate) => {
        const found = rankTest(base, candidate);
        expect(rankTest(candidate, base).pLess).toBeCloseTo(found.pGreater, 10);
        const stretched = (values: readonly number[]): number[] => values.map((value) => Math.exp(value) + 3);
        expect(rankTest(stretched(base), stretched(candidate)).pGreater).toBeCloseTo(found.pGreater, 10);
        expect(found.pGreater + found.pLess).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  it('corrected by Holm is never more certain than before, and keeps the order', async () => {
    const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
    await fc.assert(
      fc.property(chances, (ps) => {
        const adjusted = holm(ps);
        for (const [at, p] of ps.entries()) expect(adjusted[at]).toBeGreaterThanOrEqual(p);
        const order = [...ps.keys()].sort((i, j) => (ps[i] ?? 0) - (ps[j] ?? 0));
        const inOrder = order.map((at) => adjusted[at] ?? 0);
        expect(inOrder).toEqual([...inOrder].sort((i, j) => i - j));
      }),
    );
  });

  it('comes with an interval that holds the estimate', async () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 4, maxLength: 8 });
    await fc.assert(
      fc.property(values, values, (base, candidate) => {
        const { estimate, interval } = shiftBetween(base, candidate);
        expect(interval?.[0]).toBeLessThanOrEqual(estimate);
        expect(interval?.[1]).toBeGreaterThanOrEqual(estimate);
      }),
    );
  });
});
