import { monotonicNs, NS_PER_MS } from '../base/clock.ts';
import type { Outbox } from '../wire/outbox.ts';
import { NONE } from '../wire/pending-table.ts';
import type { FrameAhead } from './frame-ahead.ts';

/**
 * An arrival that was not written: its number, its scheduled time in ns after the start of the load, and the connection that it
 * was for, {@link NONE} where it was for none.
 */
export type OnArrival = (number: number, offsetNs: number, connection: number) => void;

export interface FrameSenderOptions {
  readonly ahead: FrameAhead;
  /** The connection for the arrival that is due; {@link NONE} where none is open. */
  readonly pick: () => number;
  /**
   * Whether arrivals come on a schedule. Otherwise answers make them: where no connection is open there is none.
   */
  readonly isScheduled: boolean;
  /** The target had closed the connection, or its socket takes no more, or the queue of those that are away is full. */
  readonly onUnsent: OnArrival;
  /** The generator never came to it. */
  readonly onDropped: OnArrival;
}

/** The sending half of a workload: frames built ahead go out on the connections that `pick` names. */
export class FrameSender {
  readonly #options: FrameSenderOptions;
  readonly #ahead: FrameAhead;
  #outbox: Outbox | null = null;
  #owner = NONE;
  #unwritten = 0;

  constructor(options: FrameSenderOptions) {
    this.#options = options;
    this.#ahead = options.ahead;
  }

  /** Frames go out through `outbox` under this owner number. */
  attach(outbox: Outbox, owner: number): void {
    this.#outbox = outbox;
    this.#owner = owner;
  }

  /** Frames that wait for their socket. */
  get unwritten(): number {
    return this.#unwritten;
  }

  /** Offset of the next arrival in ns after the start of the load; `Infinity` at the end of the schedule. */
  peekNs(): number {
    return this.#ahead.peekNs();
  }

  /** Whether every arrival of the schedule has been carried out or passed over. */
  get isExhausted(): boolean {
    return this.#ahead.isExhausted;
  }

  /** Frames that can be built ahead. */
  get roomAhead(): number {
    return this.#ahead.room;
  }

  /** Build one frame ahead of the clock. @returns false where there is nothing to build now */
  readAhead(): boolean {
    return !this.#ahead.isWellStocked && this.#ahead.buildOne();
  }

  /**
   * Build frames before the load starts, for as long.
   * @returns how many; fewer than the time allows where no more fit, or the schedule ends
   */
  fillAhead(longestMs: number): { readonly built: number; readonly isFull: boolean } {
    const endNs = monotonicNs() + longestMs * NS_PER_MS;
    for (let built = 0; ; built++) {
      if (built > 0 && monotonicNs() >= endNs) return { built, isFull: false };
      if (!this.#ahead.buildOne()) return { built, isFull: true };
    }
  }

  /** Stage the frame of the arrival that is due, or say that it can't be sent. */
  fire(): void {
    const connection = this.#options.pick();
    if (connection === NONE) {
      if (this.#options.isScheduled) this.#passOver(this.#options.onUnsent, NONE);
      return;
    }
    // A client that is away queues so much and no more.
    const slot = this.#outbox?.hasRoom(connection, this.#owner) === false ? NONE : this.#takeSlot();
    if (slot === NONE) {
      this.#passOver(this.#options.onUnsent, connection);
      return;
    }
    this.#unwritten++;
    this.#outbox?.stage(connection, this.#owner, slot);
  }

  /** Count the arrivals of the schedule that were never carried out, when no more will be. */
  dropRest(): void {
    while (this.#options.isScheduled && this.#ahead.peekScheduledNs() < Number.POSITIVE_INFINITY)
      this.#passOver(this.#options.onDropped, NONE);
  }

  /** A staged frame has been written. */
  written(): void {
    this.#unwritten--;
  }

  /** A staged frame will never be written. */
  lost(number: number, offsetNs: number, connection: number): void {
    this.#unwritten--;
    this.#options.onUnsent(number, offsetNs, connection);
  }

  /** A slot is free as soon as its frame is written; where none is after that, no socket takes any more. */
  #takeSlot(): number {
    const slot = this.#ahead.take();
    if (slot !== NONE || this.#outbox === null) return slot;
    this.#outbox.flush();
    return this.#ahead.take();
  }

  #passOver(tell: OnArrival, connection: number): void {
    const number = this.#ahead.peekNumber();
    const offsetNs = this.#ahead.peekScheduledNs();
    this.#ahead.skip();
    tell(number, offsetNs, connection);
  }
}
