import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { bucketAt, bucketOf } from '../../../src/metric/bucket.ts';
import { addDeltas, longestOf, percentileOfDelta } from '../../../src/metric/delta.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

const random = createRandom(5, 'deltas');

/** Latencies from a microsecond to an hour, many of them alike. */
function drawn(count: number): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < count; i++) histogram.record(Math.exp(22 * random.next() ** 2));
  return histogram;
}

const PERCENTILES = [0.1, 1, 25, 50, 75, 90, 95, 99, 99.9, 100];

describe('what a delta says without a histogram', () => {
  it.each([1, 2, 19, 20, 200, 3_000])('is what the histogram says, of %d samples', (count) => {
    for (let trial = 0; trial < 30; trial++) {
      const histogram = drawn(count);
      const delta = histogram.toDelta();
      for (const percentile of PERCENTILES)
        expect(percentileOfDelta(delta, percentile)).toBe(histogram.percentile(percentile));
      expect(longestOf(delta)).toBe(histogram.max_us);
    }
  });

  it('counts what never ended above all samples', () => {
    const histogram = drawn(180);
    const delta = histogram.toDelta();
    histogram.censor(20);
    for (const percentile of [50, 85, 89.9, 90, 90.1, 95])
      expect(percentileOfDelta(delta, percentile, 20)).toBe(histogram.percentileOfAll(percentile));
    expect(percentileOfDelta(delta, 95, 20)).toBeNull();
  });

  it('is nothing where there are no samples', () => {
    const none = new LatencyHistogram().toDelta();
    expect([percentileOfDelta(none, 50), percentileOfDelta(none, 50, 5), longestOf(none)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(longestOf(undefined)).toBeNull();
  });
});

describe('the sum of two deltas', () => {
  it('is the delta of a histogram that has seen both', () => {
    for (let trial = 0; trial < 30; trial++) {
      const [a, b] = [drawn(150), drawn(trial)];
      const sum = addDeltas(a.toDelta(), b.toDelta());
      a.add(b);
      const { sum_us, ...exact } = a.toDelta();
      expect({ ...sum, sum_us: 0 }).toEqual({ ...exact, sum_us: 0 });
      expect(sum.sum_us).toBeCloseTo(sum_us, 3);
    }
  });

  it('leaves out what never ended: it belongs to the second in which it was due', () => {
    const a = drawn(3);
    a.censor(2);
    expect(addDeltas(a.toDelta(), drawn(3).toDelta()).censored).toBe(0);
  });
});

it('the bucket at a place is that of the values that are counted there', () => {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 5_000; i++) {
    const value = Math.floor(Math.exp(22 * random.next()));
    expect(bucketAt(histogram.indexOf(value))).toEqual(bucketOf(value));
  }
});
