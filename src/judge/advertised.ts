import type { Filter } from '../nostr/filter.ts';

/** What a relay says of itself in its NIP-11 document, as far as answers are judged by it. */
export interface Advertised {
  /** `limitation.max_limit`: the limit of a filter is cut to it. */
  readonly maxLimit: number | null;
  /** `limitation.default_limit`: the limit of a filter that has none. */
  readonly defaultLimit: number | null;
  /** `limitation.max_message_length`: bytes of a message, from `[` to `]`. */
  readonly maxMessageBytes: number | null;
  /** `limitation.max_content_length`: Unicode characters of a content. */
  readonly maxContent: number | null;
  /** `supported_nips`; null where it does not say. */
  readonly nips: readonly number[] | null;
}

/** A relay without the document. */
export const NOTHING_ADVERTISED: Advertised = {
  maxLimit: null,
  defaultLimit: null,
  maxMessageBytes: null,
  maxContent: null,
  nips: null,
};

const DELETION_NIP = 9;
const AUTH_NIP = 42;
const SEARCH_NIP = 50;

/** Picks what answers are judged by out of a NIP-11 document; a number that can't be a limit is as good as none. */
export function advertisedOf(
  information: {
    readonly limitation?: {
      readonly max_limit?: number;
      readonly default_limit?: number;
      readonly max_message_length?: number;
      readonly max_content_length?: number;
    };
    readonly supported_nips?: readonly number[];
  } | null,
): Advertised {
  const { limitation, supported_nips } = information ?? {};
  return {
    maxLimit: limitOf(limitation?.max_limit),
    defaultLimit: limitOf(limitation?.default_limit),
    maxMessageBytes: limitOf(limitation?.max_message_length),
    maxContent: limitOf(limitation?.max_content_length),
    nips: Array.isArray(supported_nips) ? supported_nips : null,
  };
}

function limitOf(value: number | undefined): number | null {
  return value !== undefined && Number.isInteger(value) && value > 0 ? value : null;
}

/** Whether a relay may demand that clients authenticate: it says that it knows how (NIP-42), or says nothing. */
export function knowsAuthentication({ nips }: Advertised): boolean {
  return nips === null || nips.includes(AUTH_NIP);
}

/** Whether a relay says that it searches contents (NIP-50); one that lists no NIPs does not. */
export function offersSearch({ nips }: Advertised): boolean {
  return nips?.includes(SEARCH_NIP) === true;
}

/** Whether a relay says that it knows no deletion (NIP-09 is optional). */
export function disclaimsDeletion({ nips }: Advertised): boolean {
  return nips !== null && !nips.includes(DELETION_NIP);
}

/**
 * With so many events an answer is full, whatever else matches: min(limit, max_limit), or the default limit where the
 * filter has none (NIP-11). Null where nothing bounds it.
 */
export function fullAnswer({ limit, ids }: Filter, { maxLimit, defaultLimit }: Advertised): number | null {
  const bounds = [limit ?? defaultLimit, maxLimit, ids?.length].filter((bound) => bound != null);
  return bounds.length === 0 ? null : Math.min(...bounds);
}
