import { NONE } from '../wire/pending-table.ts';

/** Nothing is kept for this entry. */
const NOT_KEPT = -1;

/**
 * Frames of operations under way that may have to be sent again. They lie in one ring: keeping one costs a copy, and memory
 * is bounded; what the ring has overwritten is not there any more.
 */
export class KeptFrames {
  readonly #ring: Buffer;
  /** Bytes kept so far, over all rounds. */
  #position = 0;
  /** By entry of the pending table: where its frame begins, over all rounds. */
  #start = new Float64Array(0);
  #length = new Uint32Array(0);

  /** @param bytes size of the ring; a frame that is larger is not kept */
  constructor(bytes: number) {
    this.#ring = Buffer.allocUnsafeSlow(bytes);
  }

  /** Keeps `length` bytes of `source` from `at` on for this entry, in place of what was kept for it. */
  keep(entry: number, source: Buffer, at: number, length: number): void {
    if (entry >= this.#start.length) this.#grow(entry);
    this.#start[entry] = NOT_KEPT;
    const size = this.#ring.length;
    if (length > size) return;
    const room = size - (this.#position % size);
    // A frame lies in one piece.
    if (length > room) this.#position += room;
    source.copy(this.#ring, this.#position % size, at, at + length);
    this.#start[entry] = this.#position;
    this.#length[entry] = length;
    this.#position += length;
  }

  /** Forgets what is kept for this entry. */
  forget(entry: number): void {
    if (entry < this.#start.length) this.#start[entry] = NOT_KEPT;
  }

  /** A copy of the frame; null where it is not kept, or no more. */
  frameOf(entry: number): Buffer | null {
    const start = entry === NONE ? NOT_KEPT : (this.#start[entry] ?? NOT_KEPT);
    if (start === NOT_KEPT || this.#position - start > this.#ring.length) return null;
    const at = start % this.#ring.length;
    return Buffer.from(this.#ring.subarray(at, at + (this.#length[entry] as number)));
  }

  #grow(entry: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(entry + 2));
    const [start, length] = [new Float64Array(capacity).fill(NOT_KEPT), new Uint32Array(capacity)];
    start.set(this.#start);
    length.set(this.#length);
    this.#start = start;
    this.#length = length;
  }
}
