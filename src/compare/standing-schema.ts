import * as z from 'zod';

/** Version of the format of `versus.json`; additions raise the minor number, anything else the major one. */
export const STANDING_VERSION = '1.1.0';

const maybe = z.number().nullable();

/** What relays found for the same queries. */
export const answersSchema = z.array(
  z.strictObject({
    what: z.string(),
    entries: z.array(z.strictObject({ relay: z.string(), value: maybe })),
    /** Whether relays answer the same queries differently. */
    differs: z.boolean(),
  }),
);

const entry = z.strictObject({
  relay: z.string(),
  /** One value a run; null where the run has none, or only a lower bound. */
  values: z.array(maybe),
  /** Over the runs; null where only a lower bound is known. */
  median: maybe,
  low: maybe,
  high: maybe,
  /** Lower bounds where operations were never answered; absent where all is known. */
  atLeast: z.strictObject({ values: z.array(maybe), median: maybe, low: maybe, high: maybe }).optional(),
  /** Runs that have a value or a lower bound: what the figures rest on. */
  runs: z.int(),
  /** Why median and range are not given, although some runs have a value. */
  withheld: z.string().optional(),
});

/** The one schema of `versus.json` and of `versus --format json`. */
export const standingSchema = z.strictObject({
  standingVersion: z.string(),
  /** `invalid`: no round was valid; what was recorded proves nothing about the relays. */
  validity: z.enum(['valid', 'invalid']),
  scenario: z.strictObject({ name: z.string(), sha256: z.string() }),
  relays: z.array(z.strictObject({ name: z.string(), urls: z.array(z.string()), runs: z.array(z.string()) })),
  rounds: z.int(),
  alpha: z.number(),
  minEffect: z.number(),
  rows: z.array(
    z.strictObject({
      key: z.string(),
      unit: z.enum(['us', 'ratio', 'per_s', 'count']),
      direction: z.enum(['lower', 'higher']),
      entries: z.array(entry),
      /** Whether it is tested who is best; the others are shown only. */
      judged: z.boolean(),
      /** Two-sided chance of the nearest relay being as good, corrected by Holm over the judged rows. */
      p: maybe,
      /** Smallest difference that these rounds find in 80 % of all cases: a share, for ratios the plain difference. */
      detectable: maybe,
      /** The relay that is better than every other one, by test and by size; null where none is. */
      best: z.string().nullable(),
    }),
  ),
  answers: answersSchema,
  warnings: z.array(z.string()),
});

export type Standing = z.infer<typeof standingSchema>;
export type StandingRow = Standing['rows'][number];
export type StandingEntry = StandingRow['entries'][number];
