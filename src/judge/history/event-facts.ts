import type { UnsignedEvent } from '../../nostr/event.ts';
import { DELETION_KIND, replaceableAddress, VANISH_KIND } from '../../nostr/kinds.ts';
import { isGiftWrapKind } from '../../nostr/nip59.ts';
import { isProtected } from '../../nostr/nip70.ts';

/** What decides whether an event has to be there later: all that a history keeps of it. */
export interface EventFacts {
  /** 64 lowercase hex digits. */
  readonly id: string;
  /** The first 16 hex digits of the public key: enough to tell authors of a run apart. */
  readonly author: string;
  readonly kind: number;
  /** Unix seconds. */
  readonly created_at: number;
  /** What most events have nothing of; null for those. */
  readonly special: SpecialFacts | null;
}

export interface SpecialFacts {
  /** `kind:pubkey:d` of which a relay keeps one version (NIP-01). */
  readonly address?: string;
  /** Unix seconds (NIP-40). */
  readonly expiration?: number;
  /** Ids that it asks to delete (NIP-09). */
  readonly deletes?: readonly string[];
  /** Addresses whose versions up to its `created_at` it asks to delete (NIP-09). */
  readonly deletesAddresses?: readonly string[];
  /** Whether it asks all relays to forget its author (NIP-62), or certain ones. */
  readonly vanishes?: 'everywhere' | 'somewhere';
  /** A relay may rightly show it to nobody who asks for it anonymously (NIP-04, NIP-59, NIP-70). */
  readonly isPrivate?: true;
}

/** Direct messages (NIP-04): relays may serve them to their recipients only. */
const DIRECT_MESSAGE_KIND = 4;
const ALL_RELAYS = 'ALL_RELAYS';
/** Hex digits of a public key that are kept. */
export const AUTHOR_DIGITS = 16;

type Published = UnsignedEvent & { readonly id: string };

/** The facts of an event. */
export function factsOf(event: Published): EventFacts {
  const { id, pubkey, kind, created_at } = event;
  return { id, author: pubkey.slice(0, AUTHOR_DIGITS), kind, created_at, special: specialOf(event) };
}

function specialOf(event: Published): SpecialFacts | null {
  const { kind, tags } = event;
  const address = replaceableAddress(event);
  const expiration = expirationOf(tags);
  const isPrivate = kind === DIRECT_MESSAGE_KIND || isGiftWrapKind(kind) || isProtected(tags);
  const special: SpecialFacts = {
    ...(address === null ? {} : { address }),
    ...(expiration === null ? {} : { expiration }),
    ...(kind === DELETION_KIND
      ? { deletes: valuesOf(tags, 'e'), deletesAddresses: valuesOf(tags, 'a') }
      : {}),
    ...(kind === VANISH_KIND ? { vanishes: whereFrom(tags) } : {}),
    ...(isPrivate ? { isPrivate } : {}),
  };
  return Object.keys(special).length === 0 ? null : special;
}

/** Null where there is none, or none that a relay could read. */
function expirationOf(tags: Published['tags']): number | null {
  const text = tags.find(([name]) => name === 'expiration')?.[1];
  const seconds = Number(text);
  return text !== undefined && text !== '' && Number.isSafeInteger(seconds) ? seconds : null;
}

function valuesOf(tags: Published['tags'], name: string): string[] {
  return tags.flatMap(([first, value]) => (first === name && value !== undefined ? [value] : []));
}

function whereFrom(tags: Published['tags']): 'everywhere' | 'somewhere' {
  return valuesOf(tags, 'relay').includes(ALL_RELAYS) ? 'everywhere' : 'somewhere';
}
