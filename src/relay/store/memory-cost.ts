import type { StoredEvent } from './stored-event.ts';

/** Heap bytes of one entry of the deletion record, measured with ids. */
export const TOMBSTONE_BYTES = 200;

/** Record, entries in the maps and lists of every event; measured, see docs/relay.md. */
const EVENT_BYTES = 700;
const TAG_BYTES = 300;

/**
 * Estimated heap bytes of a stored event and of its place in all indexes. On the high side, so that the
 * limit of the store is kept.
 */
export function memoryBytes(event: StoredEvent): number {
  return EVENT_BYTES + event.tags.length * TAG_BYTES + event.json.length * 2;
}
