import * as z from 'zod';

/** Version of the format of `compare SUITE.json SUITE.json --format json`. */
export const SUITE_COMPARISON_VERSION = '1.0.0';

const maybe = z.number().nullable();
const span = z.strictObject({ value: z.number(), low: maybe, high: maybe });

const side = z.strictObject({
  /** As the user named it. */
  name: z.string(),
  startedAt: z.string(),
  relay: z.string(),
  tool: z.string(),
});

/** Two suites beside each other, relay by relay. */
export const suiteComparisonSchema = z.strictObject({
  suiteComparisonVersion: z.string(),
  mode: z.enum(['quick', 'full']),
  relays: z.array(
    z.strictObject({
      base: side,
      candidate: side,
      /** Over all parts that measure time or throughput; `same`: not shown to differ. */
      verdict: z.enum(['better', 'worse', 'same']),
      /** Parts that the verdict rests on. */
      parts: z.int().min(0),
      /** How much slower the candidate is in the middle of them: 0.2 is 20 %, negative is faster; null without parts. */
      slower: maybe,
      /** Two-sided chance of parts that favour neither side lying as far to one side (signed ranks, exact). */
      p: maybe,
      /** Whether the reference relay, measured beside each, was taken out of it. */
      referred: z.boolean(),
      figures: z.array(
        z.strictObject({
          part: z.string(),
          key: z.string(),
          title: z.string(),
          unit: z.enum(['us', 'per_s', 'bytes']),
          direction: z.enum(['lower', 'higher']),
          main: z.boolean(),
          base: maybe,
          candidate: maybe,
          /** Candidate over base, each as a multiple of its reference where `referred`; null where either has none. */
          ratio: span.nullable(),
          /** By the interval within single runs and the tolerance: a hint, never confirmed. */
          verdict: z.enum(['better', 'worse', 'same', 'inconclusive']),
        }),
      ),
    }),
  ),
  tolerance: z.number(),
  alpha: z.number(),
  minEffect: z.number(),
  verdict: z.enum(['better', 'worse', 'same', 'mixed']),
  warnings: z.array(z.string()),
});

export type SuiteComparison = z.infer<typeof suiteComparisonSchema>;
export type RelayComparison = SuiteComparison['relays'][number];
export type FigureComparison = RelayComparison['figures'][number];
