import * as z from 'zod';

/** Version of the format of `comparison.json`; additions raise the minor number, anything else the major one. */
export const COMPARISON_VERSION = '1.1.0';

const maybe = z.number().nullable();
const verdict = z.enum(['better', 'worse', 'same', 'inconclusive']);

const run = z.strictObject({
  /** As the user named it. */
  name: z.string(),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  urls: z.array(z.string()),
  /** Version of relay-bench that made it; comparisons before 1.1.0 do not say. */
  tool: z.string().optional(),
});

const quantity = z.strictObject({
  /** `ack_latency p95`, `delivery_ratio`, `eose_latency{filter=home-feed} p50`. */
  key: z.string(),
  /** Key of the series or name of the metric. */
  series: z.string(),
  /** As in gates; `ratio` for ratios, `count` for counters. */
  aggregation: z.string(),
  unit: z.enum(['us', 'ratio', 'per_s', 'count']),
  direction: z.enum(['lower', 'higher']),
  /** Decides the verdict of the comparison; the others are shown and judged, but decide nothing. */
  gated: z.boolean(),
  /** One value a run, in `unit`; null where the run has none, or only a lower bound. */
  base: z.array(maybe),
  candidate: z.array(maybe),
  /** Median over the runs; null where only a lower bound is known. */
  baseMedian: maybe,
  candidateMedian: maybe,
  /**
   * Lower bounds where a value lies among operations that were never answered; it ranks above all known ones. Null where
   * the value is known or there is none; absent where all is known.
   */
  atLeast: z
    .strictObject({
      base: z.array(maybe),
      candidate: z.array(maybe),
      baseMedian: maybe,
      candidateMedian: maybe,
    })
    .optional(),
  /**
   * How far the candidate lies above the base: a share of the base (0.1 is 10 % more), for ratios the plain
   * difference. Null without values, or where the base is zero.
   */
  change: maybe,
  /** Interval of the change at 95 %; an end is null where nothing is known of it, both where the runs allow none. */
  changeLow: maybe,
  changeHigh: maybe,
  /** The change must exceed it to count. */
  threshold: maybe,
  /** One-sided p values of either direction; those of gated quantities are corrected by Holm over all of them. */
  pWorse: maybe,
  pBetter: maybe,
  /** Chance of runs this close together where the change is `minEffect` or more (TOST): the same at or below `alpha`. */
  pDifferent: maybe.optional(),
  /** Runs a side with which equal sides would be shown to be equal in 80 % of all cases. */
  runsNeeded: z.int().nullable().optional(),
  verdict,
  /** Why it is inconclusive. */
  reason: z.string().optional(),
});

const quantile = z.strictObject({
  /** 0..100. */
  percentile: z.number(),
  value_us: z.number(),
  /** Rank interval at 95 %, as if samples were independent: the least that is uncertain about it. */
  low_us: z.number(),
  /** Null where it falls among the operations that were never answered. */
  high_us: maybe,
});

const sideOfDistribution = z.strictObject({
  count: z.int(),
  /** Operations that were never answered: percentiles count them above all samples. */
  censored: z.int().default(0),
  quantiles: z.array(quantile),
});

const distribution = z.strictObject({
  series: z.string(),
  /** From the merged histograms of all runs of the side. */
  base: sideOfDistribution,
  candidate: sideOfDistribution,
});

/** p95 of each second, in µs; null where nothing ended in it. */
const timeline = z.array(z.strictObject({ t: z.number(), p95_us: maybe }));

/** The one schema of `comparison.json` and of `compare --format json`. */
export const comparisonSchema = z.strictObject({
  comparisonVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
  scenario: z.strictObject({ name: z.string(), sha256: z.string() }),
  base: z.array(run).min(1),
  candidate: z.array(run).min(1),
  /** `tolerance`: one run a side; `statistical`: Mann–Whitney and effect above the threshold, both; the same by TOST. */
  method: z.enum(['tolerance', 'statistical']),
  /** Change up to which single runs count as the same. */
  tolerance: z.number(),
  /** Smallest change that counts between many runs, and the margin within which they are the same. */
  minEffect: z.number(),
  alpha: z.number(),
  quantities: z.array(quantity),
  distributions: z.array(distribution),
  /** How either run went; only where there is one a side. */
  timelines: z.array(z.strictObject({ series: z.string(), base: timeline, candidate: timeline })),
  /** A regression is confirmed by fresh runs only (`ab`), whose figures these are; null where none were made. */
  confirmation: z
    .strictObject({
      runs: z.int(),
      worse: z.array(z.string()),
      confirmed: z.boolean(),
      /** What the first runs said, which were picked for it: too large by selection. */
      first: z.array(z.strictObject({ key: z.string(), change: maybe })).default([]),
    })
    .nullable(),
  warnings: z.array(z.string()),
  verdict,
  /** One sentence: why. */
  reason: z.string(),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type Quantity = Comparison['quantities'][number];
export type Timeline = Comparison['timelines'][number];
export type Distribution = Comparison['distributions'][number];
export type DistributionQuantile = Distribution['base']['quantiles'][number];

/** The JSON Schema of `comparison.json`, as it lies in `reports/`: its title ends with the version of the format. */
export function comparisonJsonSchema(): object {
  return { title: `relay-bench comparison.json ${COMPARISON_VERSION}`, ...z.toJSONSchema(comparisonSchema) };
}
