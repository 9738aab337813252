import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import type { NostrEvent, UnsignedEvent } from './event.ts';

/** An event signed by a key that was made for it and is forgotten; takes milliseconds. */
export function signByNewKey(event: Omit<UnsignedEvent, 'pubkey'>): NostrEvent {
  const { kind, created_at, content } = event;
  const tags = event.tags.map((tag) => [...tag]);
  return finalizeEvent({ kind, created_at, content, tags }, generateSecretKey());
}
