import * as hdr from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { bucketOf, middleOf, placeOf } from '../../../src/metric/bucket.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

describe('the bucket of a latency', () => {
  it.each([0, 1, 2_047, 2_048, 4_095, 4_096, 99_968, 100_031, 100_032, 1_000_000, 3_599_999_999])(
    'of %d µs is that of the histogram',
    (value) => {
      const inner = hdr.build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
      inner.recordValue(value);
      expect(bucketOf(value).high_us).toBe(inner.getValueAtPercentile(50));
      expect(bucketOf(bucketOf(value).low_us)).toEqual(bucketOf(value));
    },
  );
});

describe('the place of a latency in the array of the histogram', () => {
  const inner = hdr.build({
    bitBucketSize: 32,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  }) as hdr.JsHistogram;

  it('is that of the library on both sides of every doubling, as far as bits suffice', () => {
    for (let power = 0; power < 31; power++) {
      for (const value of [2 ** power - 1, 2 ** power, 2 ** power + 1])
        expect(placeOf(value), String(value)).toBe(inner.countsArrayIndex(value));
    }
    expect(placeOf(2 ** 31 - 1)).toBe(inner.countsArrayIndex(2 ** 31 - 1));
    expect(placeOf(2 ** 31)).toBe(-1);
  });

  it('is that of the library wherever a value lies', () => {
    const random = createRandom(7, 'places');
    for (let i = 0; i < 20_000; i++) {
      const value = Math.floor(random.uint32() / 2 ** (1 + (i % 31)));
      expect(placeOf(value)).toBe(inner.countsArrayIndex(value));
    }
  });

  it('leaves a histogram as the library would have recorded it', () => {
    const random = createRandom(11, 'records');
    const histogram = new LatencyHistogram();
    inner.reset();
    for (let i = 0; i < 5_000; i++) {
      const value = Math.floor((random.uint32() / 2 ** (i % 32)) * 0.8);
      histogram.record(value);
      inner.recordValue(value);
    }
    expect(histogram.encoded()).toBe(hdr.encodeIntoCompressedBase64(inner));
    expect(histogram.percentile(99)).toBe(middleOf(bucketOf(inner.getValueAtPercentile(99))));
  });
});

describe('a percentile', () => {
  it('of values below 100 ms is not called 100 ms or more', () => {
    const histogram = new LatencyHistogram();
    for (let value = 99_968; value < 100_000; value++) histogram.record(value);
    histogram.record(2_000_000);
    expect(histogram.percentile(50)).toBe(99_999);
  });

  it('errs by less than 0.02 % on the average and by at most 0.05 % at all', () => {
    const random = createRandom(1, 'buckets');
    const errors = Array.from({ length: 20_000 }, () => {
      const value = Math.round(2_000 * Math.exp(8 * random.next()));
      return middleOf(bucketOf(value)) / value - 1;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(0.0002);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.0005);
  });

  it('of all operations is unknown where it falls among the unanswered', () => {
    const histogram = new LatencyHistogram();
    for (let value = 1; value <= 90; value++) histogram.record(value);
    histogram.censor(10);
    expect(histogram.percentileOfAll(50)).toBe(50);
    expect(histogram.percentileOfAll(95)).toBeNull();
  });
});
