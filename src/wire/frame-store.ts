import { deflateMaskedFrame } from '../base/websocket-frame.ts';
import { NONE } from './pending-table.ts';

/**
 * A fixed number of slots that hold complete frames between the moment they are built (ahead of the clock) and
 * the moment they are written. The bound is what keeps memory flat when a relay stops reading: without a free
 * slot an arrival is dropped and counted.
 */
export class FrameStore {
  readonly bytes: Buffer;
  readonly slots: number;
  readonly slotBytes: number;
  readonly length: Uint32Array;
  /** The same frames compressed, where {@link keepDeflated} was called; a slot as {@link bytes} has it. */
  deflated: Buffer | null = null;
  /** Bytes of the compressed frame in a slot; 0 where there is none, because it would be no smaller. */
  deflatedLength = new Uint32Array(0);
  /** Number of the arrival among all arrivals of its stream. */
  readonly number: Float64Array;
  /** Scheduled offset in ns after the start of the load. */
  readonly offsetNs: Float64Array;
  readonly keyHigh: Uint32Array;
  readonly keyLow: Uint32Array;
  /** A number of the owner's. */
  readonly tag: Int32Array;
  /** The connection that wrote the frame, once it is written. */
  readonly connection: Int32Array;
  /** `created_at` of the event in the frame, where the owner says so. */
  readonly createdAt_s: Float64Array;
  /** 1 where the frame has waited for a connection that was lost: it is written late, and not by the generator's doing. */
  readonly hasWaited: Uint8Array;
  /** A ring: slots are taken in the order of their release, so that neighbours stay neighbours. */
  readonly #free: Int32Array;
  #freeHead = 0;
  #freeCount: number;

  /**
   * @param slotBytes size of the largest frame
   * @param slots frames that can be held at once
   */
  constructor(slotBytes: number, slots: number) {
    this.slotBytes = slotBytes;
    this.slots = slots;
    this.bytes = Buffer.allocUnsafeSlow(slotBytes * slots);
    this.length = new Uint32Array(slots);
    this.number = new Float64Array(slots);
    this.offsetNs = new Float64Array(slots);
    this.keyHigh = new Uint32Array(slots);
    this.keyLow = new Uint32Array(slots);
    this.tag = new Int32Array(slots);
    this.connection = new Int32Array(slots);
    this.createdAt_s = new Float64Array(slots);
    this.hasWaited = new Uint8Array(slots);
    this.#free = Int32Array.from({ length: slots }, (_, index) => index);
    this.#freeCount = slots;
  }

  /** From now on {@link deflate} compresses what is built: connections may have negotiated permessage-deflate. */
  keepDeflated(): void {
    this.deflated = Buffer.allocUnsafeSlow(this.slotBytes * this.slots);
    this.deflatedLength = new Uint32Array(this.slots);
  }

  /** The frame in `slot` is complete: compress it, where anybody may want it so. */
  deflate(slot: number): void {
    if (this.deflated === null) return;
    const start = this.startOf(slot);
    const frame = this.bytes.subarray(start, start + (this.length[slot] as number));
    const deflated = deflateMaskedFrame(frame);
    this.deflatedLength[slot] = deflated?.copy(this.deflated, start) ?? 0;
  }

  /** A free slot, or {@link NONE}. */
  take(): number {
    if (this.#freeCount === 0) return NONE;
    const slot = this.#free[this.#freeHead] as number;
    this.#freeHead = this.#freeHead + 1 === this.slots ? 0 : this.#freeHead + 1;
    this.#freeCount--;
    this.hasWaited[slot] = 0;
    return slot;
  }

  release(slot: number): void {
    this.#free[(this.#freeHead + this.#freeCount) % this.slots] = slot;
    this.#freeCount++;
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  startOf(slot: number): number {
    return slot * this.slotBytes;
  }
}
