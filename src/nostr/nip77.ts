import {
  ID_BYTES,
  MessageReader,
  MessageWriter,
  NegentropyError,
  type RangeBound,
} from './negentropy/codec.ts';
import { FINGERPRINT_BYTES, type NegentropyItems } from './negentropy/items.ts';

/** Version 1 of the protocol. */
const VERSION = 0x61;
const VERSION_FIRST = 0x60;
const VERSION_LAST = 0x6f;
const MODE = { skip: 0, fingerprint: 1, idList: 2 } as const;
/** A range that differs is parted into so many; below twice as many ids they are listed instead. */
const BUCKETS = 16;
/** Room for the fingerprint of all that did not fit. */
const TAIL_BYTES = 200;
const NO_ID = new Uint8Array(0);

/** The shortest bound that parts an item from the one before it. */
function boundBetween(items: NegentropyItems, index: number): RangeBound {
  const timestamp = items.timestampAt(index);
  if (timestamp !== items.timestampAt(index - 1)) return { timestamp, id: NO_ID };
  const [before, id] = [items.idAt(index - 1), items.idAt(index)];
  let shared = 0;
  while (before[shared] === id[shared]) shared++;
  return { timestamp, id: id.subarray(0, shared + 1) };
}

/** One answer in the making. */
class Answer {
  readonly #items: NegentropyItems;
  readonly #bytesMax: number;
  readonly #out = new MessageWriter().put([VERSION]);
  /** A range before this one needs nothing: said only where something follows. */
  #skippedTo: RangeBound | null = null;
  /** Whether a list had to stop before the end of its range. */
  #isCut = false;

  constructor(items: NegentropyItems, bytesMax: number) {
    this.#items = items;
    this.#bytesMax = bytesMax;
  }

  /** Whether what follows has to wait; `isLast` where nothing follows the range that was answered. */
  mustPostpone(isLast: boolean): boolean {
    return this.#isCut || (!isLast && this.#out.length > this.#bytesMax - TAIL_BYTES);
  }

  bytes(): Buffer {
    return this.#out.bytes();
  }

  skip(to: RangeBound): void {
    this.#skippedTo = to;
  }

  /**
   * Parts a range that differs: into fingerprints, or where it is small into its ids.
   * @returns up to where: less than `to` where not all ids had room
   */
  part(from: number, to: number, end: RangeBound): number {
    const count = to - from;
    if (count < 2 * BUCKETS) return this.list(from, to, end);
    this.#speak();
    const small = Math.floor(count / BUCKETS);
    let at = from;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const next = at + small + (bucket < count % BUCKETS ? 1 : 0);
      this.#out.bound(next === to ? end : boundBetween(this.#items, next)).varint(MODE.fingerprint);
      this.#out.put(this.#items.fingerprint(at, next));
      at = next;
    }
    return to;
  }

  /**
   * Lists ids of a range, as many as there is room for.
   * @returns where it stopped
   */
  list(from: number, to: number, end: RangeBound): number {
    this.#speak();
    const room = Math.max(1, Math.floor((this.#bytesMax - TAIL_BYTES - this.#out.length) / ID_BYTES));
    const stop = Math.min(to, from + room);
    this.#isCut = stop < to;
    this.#out
      .bound(stop === to ? end : this.#boundAt(stop))
      .varint(MODE.idList)
      .varint(stop - from);
    for (let index = from; index < stop; index++) this.#out.put(this.#items.idAt(index));
    return stop;
  }

  /** Says that everything from an index on is for another round. */
  postpone(from: number): void {
    this.#speak();
    this.#out.bound({ timestamp: Number.POSITIVE_INFINITY, id: NO_ID }).varint(MODE.fingerprint);
    this.#out.put(this.#items.fingerprint(from, this.#items.size));
  }

  #boundAt(index: number): RangeBound {
    return { timestamp: this.#items.timestampAt(index), id: this.#items.idAt(index) };
  }

  #speak(): void {
    if (this.#skippedTo !== null) this.#out.bound(this.#skippedTo).varint(MODE.skip);
    this.#skippedTo = null;
  }
}

/** What becomes of a range for which the other side lists its ids; returns up to which index it is answered. */
type OnIds = (ids: Uint8Array, answer: Answer, range: IdRange) => number;

interface IdRange {
  readonly from: number;
  readonly to: number;
  readonly end: RangeBound;
}

/** The side that was asked lists its own ids: the other one compares. */
const listOwn: OnIds = (_ids, answer, { from, to, end }) => answer.list(from, to, end);

/** Answers one range of a query; returns up to which index it is answered. */
function answerRange(
  reader: MessageReader,
  answer: Answer,
  items: NegentropyItems,
  { from, onIds }: { readonly from: number; readonly onIds: OnIds },
): number {
  const end = reader.bound();
  const mode = reader.varint();
  const to = items.lowerBound(from, end);
  switch (mode) {
    case MODE.skip:
      answer.skip(end);
      return to;
    case MODE.fingerprint:
      if (Buffer.compare(reader.take(FINGERPRINT_BYTES), items.fingerprint(from, to)) !== 0) {
        return answer.part(from, to, end);
      }
      answer.skip(end);
      return to;
    case MODE.idList:
      return onIds(reader.take(reader.varint() * ID_BYTES), answer, { from, to, end });
    default:
      throw new NegentropyError('a range has an unknown mode');
  }
}

/**
 * The answer of the side that was asked (NIP-77, Negentropy version 1): fingerprints of what differs, and the ids of
 * ranges small enough. What does not fit is postponed to the next round by one fingerprint over the rest.
 * @param query the message of the other side
 * @param bytesMax most bytes of the answer, at least 4096
 * @throws NegentropyError where the message does not follow the protocol
 */
export function answerNegentropy(items: NegentropyItems, query: Uint8Array, bytesMax: number): Buffer {
  return reply(items, query, bytesMax, listOwn).bytes();
}

/** One side of a reconciliation answers the other. */
function reply(items: NegentropyItems, query: Uint8Array, bytesMax: number, onIds: OnIds): Answer {
  const reader = new MessageReader(query);
  const version = reader.byte();
  if (version < VERSION_FIRST || version > VERSION_LAST) throw new NegentropyError('no version byte');
  const answer = new Answer(items, bytesMax);
  // Only the version: the other side may ask again in the one that is spoken here.
  if (version !== VERSION) return answer;
  let from = 0;
  while (!reader.isAtEnd) {
    from = answerRange(reader, answer, items, { from, onIds });
    if (!answer.mustPostpone(reader.isAtEnd)) continue;
    answer.postpone(from);
    break;
  }
  return answer;
}

/** The first message of the side that asks: fingerprints of all that it has, or its ids where those are few. */
export function openNegentropy(items: NegentropyItems): Buffer {
  const opening = new Answer(items, Number.POSITIVE_INFINITY);
  opening.part(0, items.size, { timestamp: Number.POSITIVE_INFINITY, id: NO_ID });
  return opening.bytes();
}

/** What the side that asks has found out. */
export interface Differences {
  /** Ids that only this side has, hex. */
  readonly have: Set<string>;
  /** Ids that only the other side has, hex. */
  readonly need: Set<string>;
}

/**
 * Goes on where the other side has answered, and takes up the differences that the answer shows.
 * @param bytesMax most bytes of the message, at least 4096
 * @returns the next message; null where everything is reconciled
 * @throws NegentropyError where the answer does not follow the protocol, or speaks another version of it
 */
export function continueNegentropy(
  items: NegentropyItems,
  answer: Uint8Array,
  found: Differences,
  bytesMax: number,
): Buffer | null {
  if (answer[0] !== VERSION) throw new NegentropyError('the other side speaks another version');
  const next = reply(items, answer, bytesMax, (ids, own, { from, to, end }) => {
    compareIds(items, ids, { from, to }, found);
    own.skip(end);
    return to;
  }).bytes();
  return next.length === 1 ? null : next;
}

/** The other side has these ids in a range, and no others. */
function compareIds(
  items: NegentropyItems,
  ids: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  { have, need }: Differences,
): void {
  const theirs = new Set<string>();
  for (let at = 0; at < ids.length; at += ID_BYTES) theirs.add(hexOf(ids.subarray(at, at + ID_BYTES)));
  for (let index = from; index < to; index++) {
    const id = hexOf(items.idAt(index));
    if (!theirs.delete(id)) have.add(id);
  }
  for (const id of theirs) need.add(id);
}

function hexOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex');
}
