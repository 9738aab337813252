import type { NostrEvent } from '../../src/nostr/event.ts';
import { type StoredEvent, toStoredEvent } from '../../src/relay/store/stored-event.ts';

let nextId = 0;

/** An event of the given fields with an id of its own; id and signature mean nothing. */
export function someEvent(fields: Partial<NostrEvent> = {}): NostrEvent {
  nextId++;
  return {
    id: nextId.toString(16).padStart(64, '0'),
    pubkey: 'a'.repeat(64),
    created_at: 100,
    kind: 1,
    tags: [],
    content: '',
    sig: '0'.repeat(128),
    ...fields,
  };
}

/** An event as the relay keeps it. */
export function stored(event: NostrEvent): StoredEvent {
  return toStoredEvent(event, JSON.stringify(event));
}

/** Short for an event of the given fields as the relay keeps it. */
export function someStored(fields: Partial<NostrEvent> = {}): StoredEvent {
  return stored(someEvent(fields));
}
