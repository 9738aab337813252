import { readHex32 } from '../../base/hex.ts';
import { MarkerReader } from '../../corpus/marker.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import { NONE, PendingTable } from '../../wire/pending-table.ts';

/** Tells which published event a received frame holds. */
export interface Recogniser {
  /** Arrival number of the event that was read last. */
  readonly number: number;
  /** Its topic. */
  readonly topic: number;
  /** @returns false where the frame holds no event of this run */
  read(frame: Buffer): boolean;
  /** The event in this slot of the store was written. */
  remember(store: FrameStore, slot: number): void;
  /** The event of that arrival will not be asked for again. */
  forget(number: number): void;
}

/** Events that are signed for the run carry their number in a tag. */
export function recogniseByMarker(runTag: string, topics: number): Recogniser {
  const marker = new MarkerReader(runTag);
  return {
    get number() {
      return marker.n;
    },
    get topic() {
      return marker.n % topics;
    },
    read: (frame) => marker.read(frame),
    remember: () => undefined,
    forget: () => undefined,
  };
}

const ID = Buffer.from('"id":"');

/** Events that were signed by others are known by their ids (64 bits of them). */
export function recogniseById(): Recogniser {
  return new IdTable();
}

class IdTable implements Recogniser {
  number = NONE;
  topic = NONE;
  /** Topics stand in the place of connections, arrival numbers in that of tags. */
  readonly #ids = new PendingTable();
  readonly #entryOf = new Map<number, number>();

  read(frame: Buffer): boolean {
    const at = frame.indexOf(ID);
    if (at < 0) return false;
    const start = at + ID.length;
    const entry = this.#ids.find(readHex32(frame, start), readHex32(frame, start + 8));
    if (entry === NONE) return false;
    this.number = this.#ids.tagOf(entry);
    this.topic = this.#ids.connectionOf(entry);
    return true;
  }

  remember(store: FrameStore, slot: number): void {
    const number = store.number[slot] as number;
    const { keyHigh, keyLow, tag } = store;
    const entry = this.#ids.add(keyHigh[slot] as number, keyLow[slot] as number, tag[slot] as number, number);
    this.#entryOf.set(number, entry);
  }

  forget(number: number): void {
    const entry = this.#entryOf.get(number);
    if (entry === undefined) return;
    this.#entryOf.delete(number);
    this.#ids.remove(entry);
  }
}
