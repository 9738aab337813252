import * as z from 'zod';

const whole = z.int().min(0);

/** What a relay said of itself at an address of `--relay-metrics`. */
export const relayMetrics = z.strictObject({
  /** Userinfo and query are masked. */
  url: z.string(),
  /** Whose names they are, such as `strfry`; null where nobody's whom this program knows. */
  software: z.string().nullable(),
  /** How often the address was asked, and how often that failed. */
  scrapes: whole,
  failed: whole,
  /** Lines of all answers that were no metrics. */
  malformedLines: whole,
  /** Why asking failed the last time that it did; null where it never did. */
  problem: z.string().nullable(),
  /** How much its growing figures (`…_total`) grew in the measured phases, the highest sample of the others (`…_max`). */
  figures: z.record(z.string(), z.number()),
  /** One a second, thinned out in long runs. */
  samples: z.array(
    z.strictObject({
      /** Seconds after the measured phases began. */
      t: z.number(),
      /** As read then, those that only grow since the relay started; null where it did not answer. */
      figures: z.record(z.string(), z.number()).nullable(),
    }),
  ),
});
