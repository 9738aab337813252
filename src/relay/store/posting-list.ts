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

/**
 * Events in query order. Oldest first inside, so that the usual insertion, a new event, is a push.
 *
 * Chunks bound the cost of an insertion out of order, which one long array would make linear: events of the
 * past arrive in bulk when a corpus is loaded.
 */
export class PostingList {
  readonly #chunks: StoredEvent[][] = [];
  #size = 0;

  /** Number of events. */
  get size(): number {
    return this.#size;
  }

  /** Inserts an event that is not in the list. */
  add(event: StoredEvent): void {
    this.#size++;
    const last = this.#chunks.at(-1);
    const newest = last?.at(-1);
    if (last === undefined || newest === undefined) {
      this.#chunks.push([event]);
    } else if (compareNewestFirst(event, newest) > 0) {
      this.#insert(event);
    } else if (last.length < CHUNK_MAX) {
      last.push(event);
    } else {
      this.#chunks.push([event]);
    }
  }

  /** Removes an event that is in the list. */
  remove(event: StoredEvent): void {
    const { chunk, chunkIndex, index } = this.#locate(event);
    if (chunk[index] !== event) throw new Error('the posting list does not hold the event');
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
    this.#size--;
  }

  /**
   * A cursor at the newest event whose `created_at` is not after `until` (Unix seconds). It is valid until
   * the list changes.
   */
  cursor(until: number): Cursor {
    const lastChunk = this.#chunks.length - 1;
    // The usual query wants the newest: no search, which would touch (and wait for) memory all over the list.
    if (until === Number.POSITIVE_INFINITY) {
      return new Cursor(this.#chunks, lastChunk, (this.#chunks[lastChunk]?.length ?? 0) - 1);
    }
    const isAfter = (event: StoredEvent | undefined) => event !== undefined && event.created_at > until;
    const chunkIndex = partitionPoint(this.#chunks.length, (at) => isAfter(this.#chunks[at]?.[0])) - 1;
    const chunk = this.#chunks[chunkIndex] ?? [];
    const index = partitionPoint(chunk.length, (at) => isAfter(chunk[at])) - 1;
    return new Cursor(this.#chunks, chunkIndex, index);
  }

  #insert(event: StoredEvent): void {
    const { chunk, chunkIndex, index } = this.#locate(event);
    chunk.splice(index, 0, event);
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  /** Where `event` is or belongs; it must not be newer than the newest of the list. */
  #locate(event: StoredEvent): { chunk: StoredEvent[]; chunkIndex: number; index: number } {
    const reaches = (other: StoredEvent | undefined) =>
      other !== undefined && compareNewestFirst(other, event) <= 0;
    const chunkIndex = partitionPoint(this.#chunks.length, (at) => reaches(this.#chunks[at]?.at(-1)));
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) throw new Error('the event is newer than all of the posting list');
    return { chunk, chunkIndex, index: partitionPoint(chunk.length, (at) => reaches(chunk[at])) };
  }
}

/** Walks a posting list from newer to older. */
export class Cursor {
  readonly #chunks: readonly (readonly StoredEvent[])[];
  #chunkIndex: number;
  #index: number;
  /** The event under the cursor; undefined at the end. */
  current: StoredEvent | undefined;

  constructor(chunks: readonly (readonly StoredEvent[])[], chunkIndex: number, index: number) {
    this.#chunks = chunks;
    this.#chunkIndex = chunkIndex;
    this.#index = index;
    this.current = chunks[chunkIndex]?.[index];
  }

  /** Moves to the next older event. */
  advance(): void {
    if (this.#index === 0) {
      this.#chunkIndex--;
      this.#index = this.#chunks[this.#chunkIndex]?.length ?? 0;
    }
    this.#index--;
    this.current = this.#chunks[this.#chunkIndex]?.[this.#index];
  }
}
