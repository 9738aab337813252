import type { StoredEvent } from './stored-event.ts';

/** Heap bytes of one entry of the deletion record. */
export const TOMBSTONE_BYTES = 250;

/** Record, id, author and its places in the indexes that every event is in; measured, see docs/relay.md. */
const EVENT_BYTES = 500;
/** A tag and its place in the index, where most values are rare and need a list of their own. */
const TAG_BYTES = 250;

/**
 * Estimated heap bytes of a stored event and of its place in all indexes; V8 keeps one byte a character
 * for Latin text, two for all other.
 */
export function memoryBytes(event: StoredEvent): number {
  const isAscii = Buffer.byteLength(event.json) === event.json.length;
  return EVENT_BYTES + event.tags.length * TAG_BYTES + event.json.length * (isAscii ? 1 : 2);
}
