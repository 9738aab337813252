import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

const HOUR_US = 3_600_000_000;

function histogramOf(values: Iterable<number>): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function* range(count: number): Iterable<number> {
  for (let i = 1; i <= count; i++) yield i;
}

describe('LatencyHistogram', () => {
  it('has nothing to say without samples', () => {
    const empty = new LatencyHistogram();
    expect([empty.count, empty.min_us, empty.max_us, empty.mean_us, empty.percentile(50)]).toEqual([
      0,
      null,
      null,
      null,
      null,
    ]);
    expect(empty.summary()).toMatchObject({ count: 0, p50_us: null, max_us: null, stdev_us: null });
  });

  it('refuses what is not a number and says how often', () => {
    const histogram = histogramOf([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5]);
    expect([histogram.count, histogram.refused]).toEqual([1, 3]);
  });

  it('counts a negative latency as zero', () => {
    expect(histogramOf([-3, -0.4]).max_us).toBe(0);
  });

  it('ranks operations that never ended above all samples', () => {
    const histogram = histogramOf(range(1_000));
    histogram.censor(20);
    // Rank 0.95 × 1,020 = 969 of the samples; p99 falls among those that never ended.
    expect(histogram.summary()).toMatchObject({ count: 1_000, censored: 20, p95_us: 969, p99_us: null });
    const merged = histogramOf([]);
    merged.add(histogram);
    expect(merged.summary()).toEqual(histogram.summary());
    expect(LatencyHistogram.fromSummary(histogram.summary()).summary()).toEqual(histogram.summary());
  });

  it('keeps what never ended where nothing was answered at all', () => {
    const histogram = histogramOf([]);
    histogram.censor(7);
    expect(LatencyHistogram.fromSummary(histogram.summary()).censored).toBe(7);
    expect(histogram.percentileOfAll(50)).toBeNull();
  });

  it('counts what is longer than a value, as far as its buckets tell them apart', () => {
    const histogram = histogramOf([0, 4_999, 5_000, 5_003, 5_004, 9_000]);
    expect([0, 5_000, 8_999, 9_000, 1e9].map((value) => histogram.countAbove(value))).toEqual([
      5, 2, 1, 0, 0,
    ]);
    expect(histogramOf([]).countAbove(0)).toBe(0);
  });

  it('clamps at one hour and counts what it clamped', () => {
    const summary = histogramOf([HOUR_US, HOUR_US + 1, 1e15]).summary();
    expect(summary).toMatchObject({ count: 3, max_us: HOUR_US, clamped: 2 });
  });

  it('keeps minimum, maximum and mean exact, where buckets would round', () => {
    const histogram = histogramOf([1_000_001, 1_000_003, 1_000_005]);
    expect([histogram.min_us, histogram.max_us, histogram.mean_us]).toEqual([
      1_000_001, 1_000_005, 1_000_003,
    ]);
  });

  it('never gives a percentile outside of what was recorded', () => {
    const histogram = histogramOf([1_000_001]);
    expect([0, 50, 99.9, 100].map((p) => histogram.percentile(p))).toEqual(Array(4).fill(1_000_001));
  });

  it('gives the exact maximum as p100, not the end of its bucket, also when merged and read again', () => {
    const histogram = histogramOf([1_000_001, 20_000_003]);
    const merged = histogramOf([7]);
    merged.add(histogram);
    for (const each of [histogram, merged, LatencyHistogram.fromSummary(histogram.summary())]) {
      expect(each.percentile(100)).toBe(20_000_003);
    }
  });

  it('leaves out a percentile that fewer than ten samples exceed', () => {
    expect(histogramOf(range(199)).summary()).toMatchObject({ p90_us: 180, p95_us: null, p99_us: null });
    expect(histogramOf(range(200)).summary()).toMatchObject({ p95_us: 190, p99_us: null });
    expect(histogramOf(range(1_000)).summary().p99_us).not.toBeNull();
    expect(histogramOf(range(9_999)).summary().p999_us).toBeNull();
    expect(histogramOf(range(10_000)).summary().p999_us).not.toBeNull();
  });

  it('marks percentiles that fewer than a hundred samples exceed', () => {
    expect(histogramOf(range(2_000)).summary().lowConfidence).toEqual(['p99', 'p999']);
    expect(histogramOf(range(1_999)).summary().lowConfidence).toEqual(['p95', 'p99', 'p999']);
  });

  it('forgets everything on reset', () => {
    const histogram = histogramOf([Number.NaN, 3, 1e15]);
    histogram.reset();
    histogram.record(7);
    expect(histogram.summary()).toEqual(histogramOf([7]).summary());
    expect(histogram.refused).toBe(0);
  });

  it('survives the way through a run record', () => {
    const summary = histogramOf([1, 20, 300, 4_000, 1e15]).summary();
    expect(LatencyHistogram.fromSummary(summary).summary()).toEqual(summary);
  });

  it('refuses a record whose histogram can not be decoded', () => {
    const summary = { ...histogramOf([1]).summary(), hdr: 'AAAA' };
    expect(() => LatencyHistogram.fromSummary(summary)).toThrowError(
      expect.objectContaining({ code: 'HISTOGRAM_INVALID', exitCode: 2 }),
    );
  });

  it('refuses a record whose histogram holds another number of samples than it says', () => {
    const summary = { ...histogramOf([1, 2]).summary(), count: 3 };
    expect(() => LatencyHistogram.fromSummary(summary)).toThrowError('holds 2 samples, its summary says 3');
  });
});
