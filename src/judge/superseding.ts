import { hasVersions } from '../nostr/kinds.ts';

/**
 * Whether an event of this kind can replace another or be replaced. NIP-01: of replaceable and addressable events
 * "only the latest event … MUST be stored", so that a relay may call a late one a duplicate; of regular ones "all are
 * expected to be stored". Ephemeral ones are "not expected to be stored", so that none is a duplicate either.
 */
export function canBeSuperseded(kind: number): boolean {
  return hasVersions(kind);
}
