import { compareNewestFirst } from '../../nostr/kinds.ts';
import type { StoredEvent } from './stored-event.ts';

/** Small enough that an insertion in the middle is cheap, large enough that few chunks are needed. */
const CHUNK_MAX = 512;

/** The first index in 0..length for which `test` holds, which must hold for all that follow; else `length`. */
function partitionPoint(length: number, test: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const NO_CHUNKS: StoredEvent[][] = [];

/**
 * Events in query order. Oldest first inside, so that the usual insertion, a new event, is a push.
 *
 * Chunks bound the cost of an insertion out of order, which one long array would make linear: events of the
 * past arrive in bulk when a corpus is loaded. Most lists of an index hold a single event and have no chunks:
 * there are millions of them, and every object that lives costs the garbage collector time.
 */
export class PostingList {
  /** The event of a list of one; null in longer lists, which have chunks. */
  #only: StoredEvent | null;
  #chunks = NO_CHUNKS;
  #size = 1;
  /** Changes whenever an event may have moved to another place: not when a newer one is appended. */
  #version = 0;

  constructor(event: StoredEvent) {
    this.#only = event;
  }

  /** Number of events. */
  get size(): number {
    return this.#size;
  }

  get version(): number {
    return this.#version;
  }

  /** Inserts an event that is not in the list. */
  add(event: StoredEvent): void {
    const chunks = this.#split();
    const last = chunks.at(-1);
    const newest = last?.at(-1);
    this.#size++;
    if (newest !== undefined && compareNewestFirst(event, newest) > 0) {
      insert(chunks, event);
      this.#version++;
    } else if (last !== undefined && last.length < CHUNK_MAX) last.push(event);
    else chunks.push([event]);
  }

  /** Removes an event that is in the list. */
  remove(event: StoredEvent): void {
    const chunks = this.#split();
    const { chunk, chunkIndex, index } = locate(chunks, event);
    if (chunk[index] !== event) throw new Error('the posting list does not hold the event');
    chunk.splice(index, 1);
    if (chunk.length === 0) chunks.splice(chunkIndex, 1);
    this.#size--;
    this.#version++;
  }

  /**
   * A cursor at the newest event whose `created_at` is not after `until` (Unix seconds). It stays valid when the list
   * changes.
   */
  cursor(until: number): Cursor {
    const chunks = this.chunks();
    const lastChunk = chunks.length - 1;
    // The usual query wants the newest: no search, which would touch (and wait for) memory all over the list.
    if (until === Number.POSITIVE_INFINITY) {
      return new Cursor(this, { chunks, chunkIndex: lastChunk, index: (chunks[lastChunk]?.length ?? 0) - 1 });
    }
    return new Cursor(
      this,
      placeBefore(chunks, (event) => event.created_at > until),
    );
  }

  /** All events, oldest first, in chunks none of which is empty. */
  chunks(): readonly (readonly StoredEvent[])[] {
    return this.#only === null ? this.#chunks : [[this.#only]];
  }

  /** The chunks, made now where the list was one of one event. */
  #split(): StoredEvent[][] {
    if (this.#only !== null) this.#chunks = [[this.#only]];
    this.#only = null;
    return this.#chunks;
  }
}

/** Inserts an event that is older than the newest. */
function insert(chunks: StoredEvent[][], event: StoredEvent): void {
  const { chunk, chunkIndex, index } = locate(chunks, event);
  chunk.splice(index, 0, event);
  if (chunk.length > CHUNK_MAX) chunks.splice(chunkIndex + 1, 0, chunk.splice(CHUNK_MAX / 2));
}

/** Where `event` is or belongs; it must not be newer than the newest of the list. */
function locate(chunks: StoredEvent[][], event: StoredEvent) {
  const chunkIndex = chunkOf(chunks, event);
  const chunk = chunks[chunkIndex];
  if (chunk === undefined) throw new Error('the event is newer than all of the posting list');
  return { chunk, chunkIndex, index: partitionPoint(chunk.length, (at) => reaches(chunk[at], event)) };
}

/** Whether `other` stands at the place of `event` or after it. */
function reaches(other: StoredEvent | undefined, event: StoredEvent): boolean {
  return other !== undefined && compareNewestFirst(other, event) <= 0;
}

/**
 * Index of the first chunk whose end reaches `event`. Looks from the newest backwards in doubling steps,
 * because most events out of order are only a little late, and old chunks have left the processor's cache.
 */
function chunkOf(chunks: StoredEvent[][], event: StoredEvent): number {
  const last = chunks.length - 1;
  let step = 1;
  while (step <= last && reaches(chunks[last - step]?.at(-1), event)) step *= 2;
  const from = Math.max(0, last - step);
  return from + partitionPoint(chunks.length - from, (at) => reaches(chunks[from + at]?.at(-1), event));
}

/** A place in the chunks of a list; before the first event `chunkIndex` is -1. */
interface Place {
  readonly chunks: readonly (readonly StoredEvent[])[];
  readonly chunkIndex: number;
  readonly index: number;
}

/** The last place for whose event `test` does not hold; it must hold for all that follow. */
function placeBefore(chunks: Place['chunks'], test: (event: StoredEvent) => boolean): Place {
  const holds = (event: StoredEvent | undefined): boolean => event !== undefined && test(event);
  const chunkIndex = partitionPoint(chunks.length, (at) => holds(chunks[at]?.[0])) - 1;
  const chunk = chunks[chunkIndex] ?? [];
  return { chunks, chunkIndex, index: partitionPoint(chunk.length, (at) => holds(chunk[at])) - 1 };
}

/** Walks a posting list from newer to older, also while the list changes. */
export class Cursor {
  readonly #list: PostingList;
  #version: number;
  #chunks: Place['chunks'];
  #chunkIndex: number;
  #index: number;
  /** The event under the cursor, which may have been removed since; undefined at the end. */
  current: StoredEvent | undefined;

  constructor(list: PostingList, { chunks, chunkIndex, index }: Place) {
    this.#list = list;
    this.#version = list.version;
    this.#chunks = chunks;
    this.#chunkIndex = chunkIndex;
    this.#index = index;
    this.current = chunks[chunkIndex]?.[index];
  }

  /** Moves to the next older event. */
  advance(): void {
    if (this.#version !== this.#list.version) {
      this.#moveBehind();
      return;
    }
    if (this.#index === 0) {
      this.#chunkIndex--;
      this.#index = this.#chunks[this.#chunkIndex]?.length ?? 0;
    }
    this.#index--;
    this.current = this.#chunks[this.#chunkIndex]?.[this.#index];
  }

  /** Finds its place anew: events have moved. */
  #moveBehind(): void {
    const { current } = this;
    this.#version = this.#list.version;
    if (current === undefined) return;
    const place = placeBefore(this.#list.chunks(), (event) => compareNewestFirst(event, current) <= 0);
    this.#chunks = place.chunks;
    this.#chunkIndex = place.chunkIndex;
    this.#index = place.index;
    this.current = place.chunks[place.chunkIndex]?.[place.index];
  }
}
