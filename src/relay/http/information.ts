import { type VerifierInUse, verifierText } from '../../base/verifier-choice.ts';
import { SUBSCRIPTION_ID_MAX } from '../../nostr/client-message.ts';
import type { RelayInformation } from '../../nostr/nip11.ts';
import type { RelayOptions } from '../options.ts';

/** NIPs that the relay implements. */
const SUPPORTED_NIPS = [1, 2, 9, 11, 13, 17, 40, 42, 45, 50, 59, 62, 70, 77];
/** Those that promise to keep gift wraps from strangers. */
const PRIVACY_NIPS: ReadonlySet<number> = new Set([17, 59]);

/** Records keep this document: which verifier a relay had decides what it can take. */
function signaturesText(verifier: VerifierInUse | null): string {
  return verifier === null
    ? 'accepts ANY signature (benchmark mode)'
    : `signatures are checked by ${verifierText({ ...verifier, reason: null })}`;
}

/** The information document (NIP-11): every number in it is the one that is enforced. */
export function relayInformation(
  options: RelayOptions,
  version: string,
  verifier: VerifierInUse | null,
): RelayInformation & { store: object } {
  const { limits } = options;
  const isMemory = options.store === 'memory';
  return {
    name: 'relay-bench reference relay',
    description: `Keeps events in ${isMemory ? 'memory' : 'Postgres'}; ${signaturesText(verifier)}.`,
    supported_nips: SUPPORTED_NIPS.filter((nip) => options.hidesGiftWraps || !PRIVACY_NIPS.has(nip)),
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
    // Not part of NIP-11: at this size events are answered `error: store is full`.
    store: isMemory
      ? { type: 'memory', limit_bytes: options.memoryLimitBytes }
      : { type: 'postgres', limit_bytes: null },
  };
}
