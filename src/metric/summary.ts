/** Percentiles that every latency is reported with; keys as in `run.json`. */
export const QUANTILES = { p50: 50, p75: 75, p90: 90, p95: 95, p99: 99, p999: 99.9 } as const;
export type QuantileName = keyof typeof QUANTILES;
export const QUANTILE_NAMES = Object.keys(QUANTILES) as readonly QuantileName[];

/** A percentile needs this many samples above it to be printed at all. */
export const MIN_SAMPLES_ABOVE = 10;

/** How many samples a histogram needs for `name` to be more than chance: p95 200, p99 1,000, p999 10,000. */
export function samplesNeeded(name: QuantileName): number {
  return Math.round(MIN_SAMPLES_ABOVE / (1 - QUANTILES[name] / 100));
}

/** What a percentile is worth: samples of one second resemble each other, and many of them say less than their number. */
export interface EffectiveQuantile {
  /** Independent samples that would know it equally well. */
  readonly samples: number;
  /** Interval at 95 %; the upper end is null where nothing bounds it. */
  readonly low_us: number;
  readonly high_us: number | null;
}

/**
 * Summary of one latency histogram in integer microseconds. A percentile is null where fewer than 10 samples
 * lie above it, and named in `lowConfidence` where fewer than 100 do (facts: binomial order statistics).
 */
export interface LatencySummary {
  readonly count: number;
  readonly min_us: number | null;
  readonly mean_us: number | null;
  readonly stdev_us: number | null;
  readonly p50_us: number | null;
  readonly p75_us: number | null;
  readonly p90_us: number | null;
  readonly p95_us: number | null;
  readonly p99_us: number | null;
  readonly p999_us: number | null;
  /** Exact, not the edge of a bucket. */
  readonly max_us: number | null;
  readonly lowConfidence: readonly QuantileName[];
  /** Samples above the histogram's highest value, counted at it. */
  readonly clamped: number;
  /** Operations that never ended; percentiles count them above all samples and are null where they fall among them. */
  readonly censored: number;
  /** What the percentiles are worth, by the seconds of the run; absent where that is not known. */
  readonly effective?: Partial<Record<QuantileName, EffectiveQuantile>> | undefined;
  /** HDR histogram, V2 compressed, base64: mergeable, readable by the HdrHistogram tools. */
  readonly hdr: string;
}
