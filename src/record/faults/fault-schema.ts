import * as z from 'zod';

const whole = z.int().min(0);
const maybe = z.number().nullable();

/** One fault of a run and what it did. Times are ms after it struck unless they say otherwise. */
export const faultEntry = z.strictObject({
  /** Seconds after the start of the load at which it struck, or was to where it could not. */
  at: z.number(),
  action: z.string(),
  /** As the scenario names the part. */
  on: z.string(),
  /** What that was then. */
  parts: z.array(z.string()),
  /** How long it was to last; null where it is over at once or lasts until the load has ended. */
  forMs: maybe,
  /** When it was undone; null where nothing was to be undone. */
  undoneMs: maybe,
  /** What there is to say besides. */
  detail: z.string().nullable(),
  /** Why it could not be done or undone. */
  problem: z.string().nullable(),
  /** What the stack did about it by itself. */
  notices: z.array(z.strictObject({ afterMs: z.number(), text: z.string() })),
  /** Its first sign. */
  detectedMs: maybe,
  detectedBy: z.enum(['stack', 'clients']).nullable(),
  /** Start of the first of three good seconds in a row; 0 where no second got worse. */
  recoveredMs: maybe,
  /** The longest time without any answer from then on. */
  silenceMs: maybe,
  /** What went wrong from then on until the next fault, by counter; with the word of the relay where there is one. */
  reasons: z.record(z.string(), whole),
  /** Errors of the seconds of that time. */
  errors: whole,
  /** p99 of each latency from the fault until it was over. */
  p99_us: z.record(z.string(), maybe),
  /** Acknowledged events that were not found afterwards. */
  lost: maybe,
  duplicated: maybe,
  outOfOrder: maybe,
  /** What it is compared with: the measured seconds before the first fault. */
  baseline: z
    .strictObject({
      seconds: whole,
      /** Most errors in one of them. */
      errors: whole,
      /** Fewest open connections at the end of one of them. */
      connections: whole,
      /** Answers of what was offered, the median of them. */
      answered: z.number(),
      /** A good second has no higher p95 than this: twice the highest of them, at least 100 ms. */
      p95Limit_us: z.record(z.string(), z.number()),
      /** The longest time without any answer. */
      silenceMs: maybe,
    })
    .nullable(),
  /** Why a figure is null. */
  notMeasured: z.record(z.string(), z.string()),
});

export type FaultEntry = z.infer<typeof faultEntry>;
