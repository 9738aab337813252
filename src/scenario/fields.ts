import * as z from 'zod';
import { LONGEST_MS, LONGEST_TEXT, tryParseDurationMs, tryParseRatePerS } from '../base/duration.ts';

const DURATION_ERROR = 'must be a duration with a unit, such as 250ms, 30s or 5m';
const DURATION_META = {
  description: `A duration with a unit: 250ms, 30s, 5m, 1h; at most ${LONGEST_TEXT}.`,
  examples: ['250ms', '30s'],
};
/** Read as milliseconds. */
export const duration = z
  .string(DURATION_ERROR)
  .refine((text) => tryParseDurationMs(text) !== null, DURATION_ERROR)
  .transform((text) => tryParseDurationMs(text) ?? 0)
  .refine((ms) => ms <= LONGEST_MS, `must be at most ${LONGEST_TEXT}`)
  .meta(DURATION_META);
/** The same, above zero. */
export const positiveDuration = duration.refine((ms) => ms > 0, 'must be above zero').meta(DURATION_META);

const RATE_ERROR = 'must be a rate above zero with a unit, such as 200/s or 30/m';
/** Read as operations per second, over all workers together. */
export const rate = z
  .string(RATE_ERROR)
  .refine((text) => (tryParseRatePerS(text) ?? 0) > 0, RATE_ERROR)
  .transform((text) => tryParseRatePerS(text) ?? 0)
  .meta({
    description: 'A rate over all workers together, with a unit: 200/s, 30/m.',
    examples: ['200/s', '30/m'],
  });

const NAME_ERROR = 'must be at most 41 lower-case letters, digits and dashes, beginning with a letter';
/** A name of a scenario, a phase or a filter. */
export const name = z.string(NAME_ERROR).regex(/^[a-z][a-z0-9-]{0,40}$/, NAME_ERROR);
/** How many, at least one. */
export const count = z.int().min(1).max(10_000_000);

const SHARE_ERROR = 'must be a percentage such as 1%, or all';
/** Read as a share of 1. */
const anyShare = z
  .string(SHARE_ERROR)
  .regex(/^(all|\d{1,3}(\.\d+)?%)$/, SHARE_ERROR)
  .transform((text) => (text === 'all' ? 1 : Math.min(1, Number.parseFloat(text) / 100)))
  .meta({ description: 'A share: 1%, 0.5% or all.', examples: ['1%', 'all'] });
/** Of something that there always is a share of. */
export const share = (standard: `${number}%`, description: string) =>
  anyShare.default(Number.parseFloat(standard) / 100).describe(description);
/** Of something that may be left out. */
export const optionalShare = (description: string) => anyShare.optional().describe(description);
/** How the arrivals of a stream are spaced. */
export const arrivals = z
  .union(
    [
      z.enum(['constant', 'poisson']),
      z.strictObject({ pattern: z.literal('burst'), size: z.int().min(2).max(100_000) }),
      z.strictObject({ pattern: z.literal('shifted'), by: z.number().gt(0).lt(1) }),
    ],
    'must be constant, poisson, { pattern: burst, size: N } with N from 2 to 100,000 or { pattern: shifted, by: S } with S between 0 and 1',
  )
  .default('constant')
  .describe(
    'How arrivals are spaced: evenly, as a Poisson process, in groups of `size` at once, or evenly and later `by` this part of the gap between two of them, so that they do not meet those of another workload.',
  );

/** How long an operation is waited for. @param reply what ends it in time */
export const timeout = (reply: string) =>
  positiveDuration.default(10_000).describe(`Without ${reply} after this long it counts as a timeout.`);

export type ArrivalsSpec = z.output<typeof arrivals>;

/** How long clients stay. @param standard the median where none is given, ms */
export const stay = (standard: number) =>
  z
    .strictObject({
      median: positiveDuration.default(standard).describe('Half of them stay longer.'),
      sigma: z
        .number()
        .min(0)
        .max(3)
        .default(1)
        .describe(
          'Standard deviation of the logarithm of their stay: at 0 all stay equally long, at 1 one in twenty stays 5.2 times the median.',
        ),
    })
    .default({ median: standard, sigma: 1 })
    .describe('How long they stay: lognormal. The spread is an assumption, nobody has published one.');

/** The phases in which something happens. @param what happens then */
export const during = (what: string) =>
  z
    .array(name)
    .min(1)
    .max(100)
    .optional()
    .describe(`Names of the phases in which ${what}; default all, the warm-up included.`);
