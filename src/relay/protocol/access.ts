import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import { AUTH_KIND } from '../../nostr/nip42.ts';
import { isGiftWrapKind } from '../../nostr/nip59.ts';
import { isProtected, repostsProtected } from '../../nostr/nip70.ts';

/** What keeps the owners of `pubkeys` from publishing an event, as the message of its OK, or null. */
export function writeProblem(event: NostrEvent, pubkeys: readonly string[]): string | null {
  if (event.kind === AUTH_KIND) return `invalid: events of kind ${AUTH_KIND} are for AUTH only`;
  if (isProtected(event.tags) && !pubkeys.includes(event.pubkey)) {
    const prefix = pubkeys.length === 0 ? 'auth-required' : 'restricted';
    return `${prefix}: a protected event is accepted from its author only`;
  }
  return repostsProtected(event) ? 'blocked: the event repeats a protected one' : null;
}

/**
 * What keeps the owners of `pubkeys` from asking, as the message of CLOSED, or null. Filters that do not name a kind
 * of gift wraps are answered without those of others; only who asks for them is told.
 */
export function readProblem(filters: readonly Filter[], pubkeys: readonly string[]): string | null {
  for (const { kinds, '#p': recipients } of filters) {
    if (kinds?.some(isGiftWrapKind) !== true) continue;
    if (pubkeys.length === 0) return 'auth-required: gift wraps are for their recipients only';
    if (recipients !== undefined && !recipients.some((recipient) => pubkeys.includes(recipient))) {
      return 'restricted: gift wraps are for their recipients only';
    }
  }
  return null;
}
