import { GiftWrap } from 'nostr-tools/kinds';
import type { Filterable } from './filter.ts';

/** A gift wrap (NIP-59): stored, its author is a key that is used once, its `p` tag names the recipient. */
export const GIFT_WRAP_KIND = GiftWrap;
/** The ephemeral twin of a gift wrap. */
export const EPHEMERAL_GIFT_WRAP_KIND = 21_059;

/** Whether a kind is for the eyes of its recipient only (NIP-17, NIP-59). */
export function isGiftWrapKind(kind: number): boolean {
  return kind === GIFT_WRAP_KIND || kind === EPHEMERAL_GIFT_WRAP_KIND;
}

/** Whether an event is a gift wrap and one of `pubkeys` is its recipient. */
export function isGiftWrapFor(event: Pick<Filterable, 'kind' | 'tags'>, pubkeys: readonly string[]): boolean {
  if (!isGiftWrapKind(event.kind)) return false;
  return event.tags.some((tag) => tag[0] === 'p' && tag[1] !== undefined && pubkeys.includes(tag[1]));
}

/** Whether the owners of `pubkeys` may see an event: all but gift wraps for others. */
export function isReadableBy(event: Pick<Filterable, 'kind' | 'tags'>, pubkeys: readonly string[]): boolean {
  return !isGiftWrapKind(event.kind) || isGiftWrapFor(event, pubkeys);
}
