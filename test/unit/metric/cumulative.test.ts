import { describe, expect, it } from 'vitest';
import { CLASSIC_BOUNDS_US, countsUpTo } from '../../../src/metric/cumulative.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

function histogramOf(...values_us: number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values_us) histogram.record(value);
  return histogram;
}

describe('classic buckets', () => {
  it('go from half a millisecond to half a minute, each twice the one before', () => {
    expect(CLASSIC_BOUNDS_US[0]).toBe(500);
    expect(CLASSIC_BOUNDS_US.at(-1)).toBe(32_768_000);
    expect(CLASSIC_BOUNDS_US).toHaveLength(17);
  });

  it('hold every sample up to their end, the end itself included', () => {
    const histogram = histogramOf(0, 499, 500, 501, 1_000, 1_500, 2_500, 40_000_000);
    expect(countsUpTo(histogram, [500, 1_000, 2_000, 4_000])).toEqual([3, 5, 6, 7]);
  });

  it('grow to the count where the slowest sample lies within them', () => {
    const values = Array.from({ length: 1_000 }, (_, at) => 17 * at);
    expect(countsUpTo(histogramOf(...values), CLASSIC_BOUNDS_US).at(-1)).toBe(1_000);
    expect(countsUpTo(histogramOf(...values), [1_000])).toEqual([
      values.filter((value) => value <= 1_000).length,
    ]);
  });

  it('are empty of nothing', () => {
    expect(countsUpTo(new LatencyHistogram(), [1, 2])).toEqual([0, 0]);
  });
});
