import type { FrameStore } from '../wire/frame-store.ts';
import { NONE } from '../wire/pending-table.ts';

/** The part of a pacer that reading ahead needs; offsets in ns after the start of the load. */
export interface ArrivalSchedule {
  peekNs(): number;
  peekNumber(): number;
  advance(): void;
}

/** Builds frames into slots of a store. */
export interface FrameBuilder {
  /** Whether the frame of arrival `number` can be built now. */
  isReady(number: number): boolean;
  /** Builds the frame of arrival `number` into `slot`; sets its length and keys. */
  build(slot: number, number: number, offsetNs: number): void;
}

/**
 * Frames of coming arrivals, built before they are due: signing and JSON never stand between the two readings of
 * the clock, and a slow signer moves no latency as long as it keeps up on average.
 */
export class FrameAhead {
  readonly #schedule: ArrivalSchedule;
  readonly #store: FrameStore;
  readonly #builder: FrameBuilder;
  readonly #ring: Int32Array;
  #head = 0;
  #count = 0;

  constructor(schedule: ArrivalSchedule, store: FrameStore, builder: FrameBuilder) {
    this.#schedule = schedule;
    this.#store = store;
    this.#builder = builder;
    this.#ring = new Int32Array(store.slots);
  }

  /**
   * Offset of the next arrival, built or not; `Infinity` at the end of the schedule and while the builder is not ready
   * for that arrival.
   */
  peekNs(): number {
    const offsetNs = this.peekScheduledNs();
    if (this.#count > 0 || offsetNs === Number.POSITIVE_INFINITY) return offsetNs;
    return this.#builder.isReady(this.#schedule.peekNumber()) ? offsetNs : Number.POSITIVE_INFINITY;
  }

  /** Number of the next arrival, built or not; of no meaning at the end of the schedule. */
  peekNumber(): number {
    if (this.#count > 0) return this.#store.number[this.#ring[this.#head] as number] as number;
    return this.#schedule.peekNumber();
  }

  /** As {@link peekNs}, whether or not the builder is ready. */
  peekScheduledNs(): number {
    if (this.#count > 0) return this.#store.offsetNs[this.#ring[this.#head] as number] as number;
    return this.#schedule.peekNs();
  }

  /** Whether every arrival of the schedule has been taken or passed over. */
  get isExhausted(): boolean {
    return this.#count === 0 && this.#schedule.peekNs() === Number.POSITIVE_INFINITY;
  }

  /** Whether building can wait: more than half of what fits is ready. */
  get isWellStocked(): boolean {
    return this.#count > this.#ring.length / 2;
  }

  /** Frames that can be ready at once. */
  get room(): number {
    return this.#ring.length;
  }

  /** Build one more frame. @returns false at the end of the schedule, where no slot is free, or where none is ready */
  buildOne(): boolean {
    const offsetNs = this.#schedule.peekNs();
    if (offsetNs === Number.POSITIVE_INFINITY) return false;
    const number = this.#schedule.peekNumber();
    if (!this.#builder.isReady(number)) return false;
    const slot = this.#store.take();
    if (slot === NONE) return false;
    this.#schedule.advance();
    this.#store.number[slot] = number;
    this.#store.offsetNs[slot] = offsetNs;
    this.#builder.build(slot, number, offsetNs);
    this.#store.deflate(slot);
    this.#ring[(this.#head + this.#count) % this.#ring.length] = slot;
    this.#count++;
    return true;
  }

  /** The slot of the next arrival, built now if it was not; {@link NONE} where no slot is free. */
  take(): number {
    if (this.#count === 0 && !this.buildOne()) return NONE;
    const slot = this.#ring[this.#head] as number;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#count--;
    return slot;
  }

  /** Pass over the next arrival without building it. */
  skip(): void {
    if (this.#count > 0) this.#store.release(this.take());
    else this.#schedule.advance();
  }
}
