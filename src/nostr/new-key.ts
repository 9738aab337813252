import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import type { NostrEvent, UnsignedEvent } from './event.ts';

/** What is signed: everything but who signs. */
export type Draft = Omit<UnsignedEvent, 'pubkey'>;

/** Signs by a key that is made for it and nowhere kept; takes milliseconds. */
export function newSigner(): (draft: Draft) => NostrEvent {
  const key = generateSecretKey();
  return ({ kind, created_at, content, tags }) =>
    finalizeEvent({ kind, created_at, content, tags: tags.map((tag) => [...tag]) }, key);
}

/** An event signed by a key that was made for it and is forgotten; takes milliseconds. */
export function signByNewKey(event: Draft): NostrEvent {
  return newSigner()(event);
}
