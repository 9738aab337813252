import { monotonicNs } from '../base/clock.ts';
import type { Held } from '../nostr/auth-state.ts';
import type { FrameStore } from '../wire/frame-store.ts';
import { NONE, type PendingTable } from '../wire/pending-table.ts';
import type { OkReply } from '../wire/reply-handlers.ts';
import { KeptFrames } from './kept-frames.ts';

export interface EventsAgainOptions {
  /** Events under way. */
  readonly waiting: PendingTable;
  /** Send a frame outside the measured stream. */
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** Whether what is sent on this connection may have to be sent again. */
  readonly mayNeedAgain: (connection: number) => boolean;
  /** Memory for what may have to be sent again, bytes. */
  readonly keptBytes: number;
  /** The event of this entry was sent again after an AUTH. */
  readonly onAgain: (entry: number) => void;
  /** The same, because its connection had been lost. */
  readonly onResent: (entry: number) => void;
  /** Its connection is open again, but its frame is not at hand any more; it waits no longer. */
  readonly onGone: (entry: number) => void;
  /** The relay's refusal stands. */
  readonly onRefused: (connection: number, refusal: OkReply) => void;
}

/** Memory for what clients that come and go may have to send again after an AUTH. */
const VISITORS_KEPT_BYTES = 1024 * 1024;

/** What sends again for clients each of which is gone with its connection: they do not come back. */
export function eventsAgainOfVisitors(
  options: Omit<EventsAgainOptions, 'keptBytes' | 'onResent' | 'onGone'>,
): EventsAgain {
  const nothing = (): void => undefined;
  return new EventsAgain({
    ...options,
    keptBytes: VISITORS_KEPT_BYTES,
    onResent: nothing,
    onGone: nothing,
  });
}

/**
 * Keeps what may have to be sent again, and sends it: what a relay refuses until the client has authenticated, and what was
 * unanswered when its connection was lost.
 */
export class EventsAgain {
  readonly #options: EventsAgainOptions;
  readonly #kept: KeptFrames;
  /** Entries that went out once more after a loss: whether the relay had them already nobody knows. */
  readonly #resent = new Set<number>();

  constructor(options: EventsAgainOptions) {
    this.#options = options;
    this.#kept = new KeptFrames(options.keptBytes);
  }

  /** The frame in `slot` was written and waits as `entry` for its answer. */
  onWritten(entry: number, connection: number, store: FrameStore, slot: number): void {
    if (this.#resent.size > 0) this.#resent.delete(entry);
    if (this.#options.mayNeedAgain(connection))
      this.#kept.keep(entry, store.bytes, store.startOf(slot), store.length[slot] as number);
    else this.#kept.forget(entry);
  }

  /** A lost connection is open again: what was unanswered goes out once more, in its order. An id makes that harmless (NIP-01). */
  onReopened(connection: number): void {
    const { waiting, sendNow, onResent, onGone } = this.#options;
    waiting.each(connection, (entry) => {
      const frame = this.#kept.frameOf(entry);
      if (frame === null) {
        onGone(entry);
        waiting.remove(entry);
        return;
      }
      waiting.renew(entry, monotonicNs());
      this.#resent.add(entry);
      onResent(entry);
      sendNow(connection, frame);
    });
  }

  /** Whether the event of this entry went out once more after a loss: the relay may have had it since. */
  wasResent(entry: number): boolean {
    return this.#resent.has(entry);
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
