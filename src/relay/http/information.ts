import { type VerifierInUse, verifierText } from '../../base/verifier-choice.ts';
import { SUBSCRIPTION_ID_MAX } from '../../nostr/client-message.ts';
import type { RelayInformation } from '../../nostr/nip11.ts';
import type { RelayOptions } from '../options.ts';

/** NIPs that the relay implements. */
const SUPPORTED_NIPS = [1, 2, 9, 11, 13, 17, 40, 42, 45, 50, 59, 62, 70, 77];
/** Those that promise to keep gift wraps from strangers. */
const PRIVACY_NIPS: ReadonlySet<number> = new Set([17, 59]);

/** Those that stay with the origin of an edge: to it an edge is one stranger, and it does not hold what it would reconcile. */
const ORIGIN_NIPS: ReadonlySet<number> = new Set([17, 59, 70, 77]);

/** Records keep this document: which verifier a relay had decides what it can take. */
function signaturesText(verifier: VerifierInUse | null): string {
  return verifier === null
    ? 'accepts ANY signature (benchmark mode)'
    : `signatures are checked by ${verifierText({ ...verifier, reason: null })}`;
}

function nipsOf({ edge, hidesGiftWraps }: RelayOptions): number[] {
  const isServed = (nip: number): boolean => edge === null || !ORIGIN_NIPS.has(nip);
  return SUPPORTED_NIPS.filter((nip) => isServed(nip) && (hidesGiftWraps || !PRIVACY_NIPS.has(nip)));
}

function keepsText({ edge, store }: RelayOptions): string {
  if (edge !== null) return `Serves what its origin at ${new URL(edge.origin).host} keeps`;
  return `Keeps events in ${store === 'memory' ? 'memory' : 'Postgres'}`;
}

function storeOf({ edge, store, memoryLimitBytes }: RelayOptions): object {
  if (edge !== null) return { type: 'edge', limit_bytes: memoryLimitBytes };
  return store === 'memory'
    ? { type: 'memory', limit_bytes: memoryLimitBytes }
    : { type: 'postgres', limit_bytes: null };
}

/** The information document (NIP-11): every number in it is the one that is enforced. */
export function relayInformation(
  options: RelayOptions,
  version: string,
  verifier: VerifierInUse | null,
): RelayInformation & { store: object } {
  const { limits } = options;
  return {
    name: 'relay-bench reference relay',
    description: `${keepsText(options)}; ${signaturesText(verifier)}.`,
    supported_nips: nipsOf(options),
    software: 'relay-bench',
    version,
    limitation: {
      max_message_length: limits.maxMessageBytes,
      max_subscriptions: limits.maxSubscriptions,
      max_filters: limits.maxFilters,
      max_limit: limits.maxLimit,
      default_limit: limits.defaultLimit,
      max_subid_length: SUBSCRIPTION_ID_MAX,
      max_event_tags: limits.maxEventTags,
      max_content_length: limits.maxContentLength,
      created_at_upper_limit: limits.createdAtAheadS,
      min_pow_difficulty: limits.minPowDifficulty,
      auth_required: false,
      payment_required: false,
      restricted_writes: false,
    },
    // Not part of NIP-11: at this size events are answered `error: store is full`; an edge holds no more.
    store: storeOf(options),
  };
}
