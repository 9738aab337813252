import type { Held } from '../../nostr/auth-state.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import { NONE, type PendingTable } from '../../wire/pending-table.ts';
import type { OkReply } from '../../wire/reply-handlers.ts';
import { KeptFrames } from '../kept-frames.ts';

export interface EventsAgainOptions {
  /** Events under way. */
  readonly waiting: PendingTable;
  /** Send a frame outside the measured stream. */
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** Whether the relay may yet refuse what is sent on this connection until the client has authenticated. */
  readonly mayDemandAuth: (connection: number) => boolean;
  /** The event of this entry was sent again. */
  readonly onAgain: (entry: number) => void;
  /** The relay's refusal stands. */
  readonly onRefused: (connection: number, refusal: OkReply) => void;
}

/** Memory for events that may have to be sent again. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** Keeps what may have to be sent again, and sends it: what a relay refuses until the client has authenticated. */
export class EventsAgain {
  readonly #options: EventsAgainOptions;
  readonly #kept = new KeptFrames(KEPT_BYTES);

  constructor(options: EventsAgainOptions) {
    this.#options = options;
  }

  /** The frame in `slot` was written and waits as `entry` for its answer. */
  onWritten(entry: number, connection: number, store: FrameStore, slot: number): void {
    if (this.#options.mayDemandAuth(connection))
      this.#kept.keep(entry, store.bytes, store.startOf(slot), store.length[slot] as number);
    else this.#kept.forget(entry);
  }

  /** What is to become of a refused event; null where none waits, or its frame is not at hand any more. */
  hold(connection: number, refusal: OkReply): Held | null {
    const { waiting, sendNow, onAgain, onRefused } = this.#options;
    const { idHigh, idLow } = refusal;
    const frame = this.#kept.frameOf(waiting.findOn(idHigh, idLow, connection));
    if (frame === null) return null;
    return {
      again: () => {
        const entry = waiting.findOn(idHigh, idLow, connection);
        if (entry === NONE) return;
        sendNow(connection, frame);
        onAgain(entry);
      },
      refuse: () => onRefused(connection, refusal),
    };
  }
}
