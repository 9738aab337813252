import { compareNewestFirst } from '../../nostr/kinds.ts';
import { Heap } from './heap.ts';
import type { Cursor, PostingList } from './posting-list.ts';
import type { StoredEvent } from './stored-event.ts';

/** A cursor that stands on an event. */
type Standing = Cursor & { readonly current: StoredEvent };

function stands(cursor: Cursor): cursor is Standing {
  return cursor.current !== undefined;
}

/** Unix seconds, both inclusive. */
export interface TimeRange {
  readonly since: number;
  readonly until: number;
}

/**
 * Walks several posting lists as if they were one, newest first, each event once. Reads no further than the
 * caller does, so the newest N of a million cost about N steps.
 */
export function* mergeNewestFirst(lists: readonly PostingList[], range: TimeRange): Generator<StoredEvent> {
  const heap = new Heap<Standing>((a, b) => compareNewestFirst(a.current, b.current));
  for (const list of lists) {
    const cursor = list.cursor(range.until);
    if (stands(cursor)) heap.push(cursor);
  }
  let previous: StoredEvent | null = null;
  for (let cursor = heap.top(); cursor !== undefined; cursor = heap.top()) {
    const event = cursor.current;
    if (event.created_at < range.since) return;
    // The same event in two lists is equal in the order, hence comes twice in a row.
    if (event !== previous) yield event;
    previous = event;
    cursor.advance();
    if (stands(cursor)) heap.topChanged();
    else heap.pop();
  }
}
