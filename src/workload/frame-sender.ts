import type { Outbox } from '../wire/outbox.ts';
import { NONE } from '../wire/pending-table.ts';
import type { FrameAhead } from './frame-ahead.ts';

/** The sending half of a workload: frames built ahead go out on the connections that `pick` names. */
export class FrameSender {
  readonly #ahead: FrameAhead;
  readonly #pick: () => number;
  #outbox: Outbox | null = null;
  #owner = NONE;
  #unwritten = 0;
  #dropped = 0;

  /** @param pick the connection for the arrival that is due; {@link NONE} where there is none */
  constructor(ahead: FrameAhead, pick: () => number) {
    this.#ahead = ahead;
    this.#pick = pick;
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

  /** Arrivals that could not be carried out: no open connection, or no room for another frame. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Offset of the next arrival in ns after the start of the load; `Infinity` at the end of the schedule. */
  peekNs(): number {
    return this.#ahead.peekNs();
  }

  /** Whether every arrival of the schedule has been carried out or dropped. */
  get isExhausted(): boolean {
    return this.#ahead.isExhausted;
  }

  /** Build one frame ahead of the clock. @returns false where there is nothing to build now */
  readAhead(): boolean {
    return !this.#ahead.isWellStocked && this.#ahead.buildOne();
  }

  /** Build as many frames as fit, before the load starts. */
  fillAhead(): void {
    while (this.#ahead.buildOne());
  }

  /** Stage the frame of the arrival that is due, or count it as dropped. */
  fire(): void {
    const connection = this.#pick();
    const slot = connection === NONE ? NONE : this.#ahead.take();
    if (slot === NONE || this.#outbox === null) {
      this.#dropped++;
      this.#ahead.skip();
      return;
    }
    this.#unwritten++;
    this.#outbox.stage(connection, this.#owner, slot);
  }

  /** A staged frame has been written. */
  written(): void {
    this.#unwritten--;
  }

  /** A staged frame will never be written. */
  lost(): void {
    this.#unwritten--;
    this.#dropped++;
  }
}
