import type { FrameStore } from '../wire/frame-store.ts';
import type { FrameOwner, Outbox } from '../wire/outbox.ts';
import { NONE } from '../wire/pending-table.ts';
import type { Sender } from './worker-part.ts';

/** What the frame in a slot is; stands in its tag. */
export const STEP = { request: 0, write: 1 } as const;

export interface StepSenderOptions {
  readonly store: FrameStore;
  readonly isOpen: (connection: number) => boolean;
  readonly onWritten: (slot: number, startedNs: number) => void;
  readonly onUnwritten: (slot: number) => void;
  /** No step is carried out any more. */
  readonly onRest: () => void;
}

/** Sends what clients do on their own connections, together with the frames of others; what was not foreseen is built when it is due. */
export class StepSender implements FrameOwner, Sender {
  readonly store: FrameStore;
  readonly roomAhead = 0;
  readonly #options: StepSenderOptions;
  #outbox: Outbox | null = null;
  #owner = NONE;
  #unwritten = 0;

  constructor(options: StepSenderOptions) {
    this.#options = options;
    this.store = options.store;
  }

  get sender(): Sender {
    return this;
  }

  /** Frames that wait for their socket. */
  get unwritten(): number {
    return this.#unwritten;
  }

  attach(outbox: Outbox, owner: number): void {
    this.#outbox = outbox;
    this.#owner = owner;
  }

  fillAhead(): { readonly built: number; readonly isFull: boolean } {
    return { built: 0, isFull: true };
  }

  dropRest(): void {
    this.#options.onRest();
  }

  /**
   * Puts a frame in line.
   * @param fill writes it into the slot, and what is to be known of it when it is written
   * @returns false where the connection is closed, or no socket takes any more
   */
  send(connection: number, fill: (slot: number) => void): boolean {
    if (this.#outbox === null || !this.#options.isOpen(connection)) return false;
    const slot = this.#takeSlot(this.#outbox);
    if (slot === NONE) return false;
    this.store.connection[slot] = connection;
    fill(slot);
    this.store.deflate(slot);
    this.#unwritten++;
    this.#outbox.stage(connection, this.#owner, slot);
    return true;
  }

  /** Writes what is in line: what comes next would overtake it. */
  flush(): void {
    this.#outbox?.flush();
  }

  onWritten(slot: number, _connection: number, startedNs: number): void {
    this.#unwritten--;
    this.#options.onWritten(slot, startedNs);
  }

  onUnwritten(slot: number): void {
    this.#unwritten--;
    this.#options.onUnwritten(slot);
  }

  /** A slot is free as soon as its frame is written; where none is after that, no socket takes any more. */
  #takeSlot(outbox: Outbox): number {
    const slot = this.store.take();
    if (slot !== NONE) return slot;
    outbox.flush();
    return this.store.take();
  }
}
