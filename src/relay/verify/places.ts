import type { NostrEvent } from '../../nostr/event.ts';

/** An event takes one place of a queue for each of so many bytes that it takes of the memory. */
const PLACE_BYTES = 8 * 1_024;
/** Measured on the heap of Node 20: what a tag takes besides its texts. */
const TAG_BYTES = 100;

/** Places of a queue that an event takes, at least one. Its texts are there twice while it waits: parsed, and as JSON. */
export function placesOf({ content, tags }: NostrEvent): number {
  let bytes = 2 * content.length + TAG_BYTES * tags.length;
  for (const tag of tags) for (const text of tag) bytes += 2 * text.length;
  return 1 + Math.floor(bytes / PLACE_BYTES);
}
