import { RelayBenchError } from '../base/errors.ts';
import { bucketOf, middleOf, placeOf } from './bucket.ts';
import { buildHdr, decodeHdr, encodeHdr, HIGHEST_US } from './hdr.ts';
import {
  type LatencySummary,
  MIN_SAMPLES_ABOVE,
  QUANTILE_NAMES,
  QUANTILES,
  type QuantileName,
} from './summary.ts';

/** A percentile needs this many samples above it to be printed without a warning. */
const CONFIDENT_SAMPLES_ABOVE = 100;

/**
 * The transferable content of a histogram: bucket index and count alternating, plus what HDR loses (exact
 * minimum, maximum and sum). Cheap to build once a second without compressing anything.
 */
export interface HistogramDelta {
  readonly buckets: Float64Array;
  readonly count: number;
  readonly min_us: number;
  readonly max_us: number;
  readonly sum_us: number;
  readonly clamped: number;
  readonly censored: number;
}

/**
 * An HDR histogram of latencies in integer microseconds, 0 µs to 1 h, 3 significant digits: percentiles are
 * the middles of buckets, at most 0.05 % off. With `hdr.ts` the sole user of hdr-histogram-js, whose traps are guarded here: `NaN` is refused, values are clamped
 * instead of resizing, and minimum, maximum and mean are exact.
 */
export class LatencyHistogram {
  #inner = buildHdr();
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #sum = 0;
  #clamped = 0;
  #refused = 0;
  #censored = 0;

  /**
   * Count one latency. Negative values (a reply that arrived before its scheduled time) count as 0.
   * @param value_us microseconds; fractions are rounded; anything not finite is counted as refused
   */
  record(value_us: number): void {
    if (!Number.isFinite(value_us)) {
      this.#refused++;
      return;
    }
    let value = value_us <= 0 ? 0 : Math.round(value_us);
    if (value > HIGHEST_US) {
      value = HIGHEST_US;
      this.#clamped++;
    }
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#sum += value;
    this.#count(value);
  }

  /** Every answer comes by here, three times: what the library does in `recordValue`, but for how it finds the place. */
  #count(value: number): void {
    const place = placeOf(value);
    if (place < 0) {
      this.#inner.recordValue(value);
      return;
    }
    this.#inner.incrementCountAtIndex(place);
    this.#inner.updateMinAndMax(value);
    this.#inner.incrementTotalCount();
  }

  get count(): number {
    return this.#inner.totalCount;
  }

  /**
   * Count operations that never ended: their latency is unknown but longer than any that was measured in time. They
   * take their place above all samples, so a relay that does not answer can't look fast.
   */
  censor(count = 1): void {
    this.#censored += count;
  }

  /** Operations that never ended. */
  get censored(): number {
    return this.#censored;
  }

  /** Values that were not finite and therefore not recorded; anything but 0 is a bug of the caller. */
  get refused(): number {
    return this.#refused;
  }

  /** Add all samples of `other`. Merging is exact: the result equals recording every sample here. */
  add(other: LatencyHistogram): void {
    if (other.count > 0 || other.censored > 0) this.addDelta(other.toDelta());
    this.#refused += other.#refused;
  }

  /** Forget every sample. */
  reset(): void {
    this.#inner.reset();
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
    this.#sum = 0;
    this.#clamped = 0;
    this.#refused = 0;
    this.#censored = 0;
  }

  toDelta(): HistogramDelta {
    const last = this.count === 0 ? -1 : this.#inner.countsArrayIndex(this.#max);
    const pairs: number[] = [];
    for (let index = 0; index <= last; index++) {
      const count = this.#inner.getCountAtIndex(index);
      if (count > 0) pairs.push(index, count);
    }
    return {
      buckets: Float64Array.from(pairs),
      count: this.count,
      min_us: this.#min,
      max_us: this.#max,
      sum_us: this.#sum,
      clamped: this.#clamped,
      censored: this.#censored,
    };
  }

  addDelta(delta: HistogramDelta): void {
    for (let i = 0; i < delta.buckets.length; i += 2) {
      const value = this.#inner.valueFromIndex(delta.buckets[i] ?? 0);
      this.#inner.recordValueWithCount(value, delta.buckets[i + 1] ?? 0);
    }
    this.#min = Math.min(this.#min, delta.min_us);
    this.#max = Math.max(this.#max, delta.max_us);
    this.#sum += delta.sum_us;
    this.#clamped += delta.clamped;
    this.#censored += delta.censored;
  }

  /**
   * The value in µs that `percentile` (0..100) of the samples do not exceed; null without samples. The middle of its
   * bucket, not the top, which would call all in it slower than they are.
   */
  percentile(percentile: number): number | null {
    if (this.count === 0) return null;
    if (percentile >= 100) return this.#max;
    const middle = middleOf(bucketOf(this.#inner.getValueAtPercentile(percentile)));
    return Math.max(this.#min, Math.min(middle, this.#max));
  }

  /**
   * The value in µs that `percentile` (0..100) of samples and censored operations together do not exceed; null where it
   * falls among the censored or there are no samples.
   */
  percentileOfAll(percentile: number): number | null {
    if (this.count === 0) return null;
    const rank = (percentile * (this.count + this.#censored)) / this.count;
    return rank <= 100 ? this.percentile(rank) : null;
  }

  /** Number of a value's bucket; the larger the value, the larger the number. As in {@link HistogramDelta}. */
  indexOf(value_us: number): number {
    return this.#inner.countsArrayIndex(value_us);
  }

  /**
   * How many samples are longer than `value_us`. Those that share its bucket (0.1 % wide) can't be told from it and do not
   * count.
   */
  countAbove(value_us: number): number {
    if (this.count === 0 || value_us >= this.#max) return 0;
    const last = this.#inner.countsArrayIndex(this.#max);
    let above = 0;
    for (
      let index = this.#inner.countsArrayIndex(Math.max(0, Math.floor(value_us))) + 1;
      index <= last;
      index++
    )
      above += this.#inner.getCountAtIndex(index);
    return above;
  }

  get min_us(): number | null {
    return this.count === 0 ? null : this.#min;
  }

  get max_us(): number | null {
    return this.count === 0 ? null : this.#max;
  }

  get mean_us(): number | null {
    return this.count === 0 ? null : this.#sum / this.count;
  }

  summary(): LatencySummary {
    const count = this.count;
    const all = count + this.#censored;
    const above = (name: QuantileName): number => all * (1 - QUANTILES[name] / 100) + 1e-9;
    const value = (name: QuantileName): number | null =>
      above(name) >= MIN_SAMPLES_ABOVE ? this.percentileOfAll(QUANTILES[name]) : null;
    const lowConfidence = QUANTILE_NAMES.filter((name) => above(name) < CONFIDENT_SAMPLES_ABOVE);
    return {
      count,
      min_us: this.min_us,
      mean_us: round(this.mean_us),
      stdev_us: count === 0 ? null : round(this.#inner.stdDeviation),
      p50_us: value('p50'),
      p75_us: value('p75'),
      p90_us: value('p90'),
      p95_us: value('p95'),
      p99_us: value('p99'),
      p999_us: value('p999'),
      max_us: this.max_us,
      lowConfidence,
      clamped: this.#clamped,
      censored: this.#censored,
      hdr: this.encoded(),
    };
  }

  /**
   * The percentile distribution as text (`.hgrm`, five ticks a half distance, values in milliseconds), as the
   * tools of HdrHistogram read it.
   */
  percentileDistribution(): string {
    return this.#inner.outputPercentileDistribution(5, 1_000);
  }

  /** The buckets as in `hdr` of a summary. */
  encoded(): string {
    return encodeHdr(this.#inner);
  }

  /**
   * A histogram from its buckets alone: extremes and mean are those of the buckets, within 0.1 %.
   * @throws RelayBenchError `HISTOGRAM_INVALID` where the text can't be decoded
   */
  static decoded(text: string): LatencyHistogram {
    const result = new LatencyHistogram();
    const found = decodeHdr(text);
    if (found.totalCount === 0) return result;
    result.#inner.add(found);
    result.#min = found.getValueAtPercentile(0);
    result.#max = found.maxValue;
    result.#sum = found.mean * found.totalCount;
    return result;
  }

  /**
   * The histogram that a run record carries: the buckets from `hdr`, the exact values beside it.
   * @throws RelayBenchError `HISTOGRAM_INVALID` where `hdr` can't be decoded or its count differs
   */
  static fromSummary(summary: LatencySummary): LatencyHistogram {
    const result = new LatencyHistogram();
    result.#censored = summary.censored;
    if (summary.count === 0) return result;
    result.#inner.add(decodeHdr(summary.hdr));
    if (result.count !== summary.count) {
      throw new RelayBenchError(
        `a histogram holds ${result.count} samples, its summary says ${summary.count}`,
        {
          code: 'HISTOGRAM_INVALID',
          hint: 'the file was edited or cut; use the original run.json',
        },
      );
    }
    result.#min = summary.min_us ?? Number.POSITIVE_INFINITY;
    result.#max = summary.max_us ?? 0;
    result.#sum = (summary.mean_us ?? 0) * summary.count;
    result.#clamped = summary.clamped;
    return result;
  }
}

/** Three decimals are beyond the clock's resolution; more only bloat the file. */
function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000;
}
