import type { Rule } from '../../judge/rules.ts';
import type { CountReply } from '../../nostr/relay-message.ts';

/** How many events match a question, as far as the run can know. */
export interface CountBounds {
  /** Surely at least so many. */
  readonly least: number;
  /** Surely no more; Infinity where other clients' events may match as well. */
  readonly most: number;
}

/** Nothing is known. */
export const UNKNOWN_COUNT: CountBounds = { least: 0, most: Number.POSITIVE_INFINITY };

/** A probabilistic count need not say that it is one, so that it is judged by how far off it can be. */
const NOT_THE_COUNT: Rule = {
  nip: 'NIP-45',
  quote:
    "Multiple filters are OR'd together and aggregated into a single count result. … Relays may use probabilistic counts to reduce compute requirements. In case a relay uses probabilistic counts, it MAY indicate it in the response with approximate key",
};

/**
 * What is wrong with a count, each with what NIP-45 says of it:
 * - `malformed`: it is no whole number from 0 on
 * - `too-few`, `too-many`: it does not say that it is approximate, and no probabilistic count comes out so far off
 */
export const COUNT_RULES = {
  malformed: {
    nip: 'NIP-45',
    quote: 'Counts are returned using a COUNT response in the form {"count": <integer>}',
  },
  'too-few': NOT_THE_COUNT,
  'too-many': NOT_THE_COUNT,
} as const satisfies Record<string, Rule>;

/** What is wrong with a count. */
export type CountFault = keyof typeof COUNT_RULES;

/**
 * The judgement on a count: it can be right; it is an estimate by its own account, which NIP-45 allows; it is not exact and
 * does not say so, which NIP-45 allows too (MAY); or it is wrong.
 */
export type CountJudgement = 'right' | 'approximate' | 'inexact' | CountFault;

/** Five standard errors of the HyperLogLog of NIP-45, which has 256 registers: 1.04 / √256 each. */
const ESTIMATE_ERROR = (5 * 1.04) / Math.sqrt(256);

/** Judges a count. An estimate within five standard errors is no wrong count, whether or not it says what it is. */
export function judgeCount(
  { count, isApproximate }: CountReply,
  { least, most }: CountBounds,
): CountJudgement {
  if (!Number.isSafeInteger(count) || count < 0) return 'malformed';
  if (isApproximate) return 'approximate';
  if (count >= least && count <= most) return 'right';
  if (count < Math.floor(least * (1 - ESTIMATE_ERROR))) return 'too-few';
  return count > Math.ceil(most * (1 + ESTIMATE_ERROR)) ? 'too-many' : 'inexact';
}
