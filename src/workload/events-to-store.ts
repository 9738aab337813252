import { readHex32 } from '../base/hex.ts';
import { maskedFrameLength } from '../base/websocket-frame.ts';
import type { EventFrameWriter } from '../corpus/event-frames.ts';
import { ID_AT, kindOf, PUBKEY_AT } from '../corpus/replay/event-line.ts';
import type { LinesAhead } from '../corpus/replay/lines-ahead.ts';
import { eventMessageBytes, writeEventFrame } from '../corpus/replay/replay-frames.ts';
import { kindClass } from '../nostr/kinds.ts';

/** An event and the client frame that publishes it. */
export interface EventToStore {
  /** Its number in the corpus. */
  readonly number: number;
  /** Null where nobody will ask for it. */
  readonly id: string | null;
  readonly idHigh: number;
  readonly idLow: number;
  readonly frame: Buffer;
  /** A number of its author; 32 bits of the public key. */
  readonly author: number;
}

/** The events that one worker stores before the load. */
export interface EventsToStore {
  /** The next event; null where there is none, or none yet. */
  take(): EventToStore | null;
  /** The event was answered. */
  ended(event: EventToStore): void;
  /** Whether there are no more. */
  readonly isEnded: boolean;
  /** Called when there is an event although {@link take} had none. */
  onReady: () => void;
}

export interface SignedEventsOptions {
  readonly writer: EventFrameWriter;
  /** Numbers of the events that this worker stores. */
  readonly numbers: readonly number[];
  /** `created_at` of the newest event, seconds since 1970; the others lie before it. */
  readonly newest_s: number;
  /** Seconds between neighbouring events. */
  readonly spacing_s: number;
  /** Events of the whole corpus. */
  readonly total: number;
}

/** `created_at` of a note that is signed for the run. @param number of the note */
export function noteTime_s(
  number: number,
  { newest_s, spacing_s, total }: Pick<SignedEventsOptions, 'newest_s' | 'spacing_s' | 'total'>,
): number {
  return newest_s - Math.round((total - 1 - number) * spacing_s);
}

/** Notes that are signed for the run. */
export function signedEvents(options: SignedEventsOptions): EventsToStore {
  const { writer, numbers } = options;
  let next = 0;
  return {
    take: () => {
      const number = numbers[next];
      if (number === undefined) return null;
      next++;
      const frame = Buffer.allocUnsafe(writer.maxFrameBytes);
      const createdAt_s = noteTime_s(number, options);
      const length = writer.write(frame, 0, number, createdAt_s, 0);
      const { idHigh, idLow } = writer;
      return { number, id: writer.idHex(), idHigh, idLow, frame: frame.subarray(0, length), author: 0 };
    },
    ended: () => undefined,
    get isEnded() {
      return next >= numbers.length;
    },
    onReady: () => undefined,
  };
}

export interface CorpusEventsOptions {
  readonly lines: LinesAhead;
  /** The first `events` of the corpus are stored. */
  readonly events: number;
  /** Numbers of those that the relay has already: they are not sent. */
  readonly present: ReadonlySet<number>;
  readonly shard: { readonly index: number; readonly count: number };
  /** Makes masking keys. */
  readonly nextMask: () => number;
}

/**
 * The first events of a corpus, in their order, ephemeral ones apart, which nobody stores (NIP-01). Those of one author are stored by one worker, one after the other has
 * been answered: replacing and deleting happen between events of one author alone, so that all else may overtake.
 */
export function corpusEvents(options: CorpusEventsOptions): EventsToStore {
  return new CorpusEvents(options);
}

class CorpusEvents implements EventsToStore {
  readonly #options: CorpusEventsOptions;
  readonly #busy = new Set<number>();
  #next = 0;
  onReady: () => void = () => undefined;

  constructor(options: CorpusEventsOptions) {
    this.#options = options;
  }

  get isEnded(): boolean {
    return this.#next >= this.#options.events;
  }

  take(): EventToStore | null {
    const { lines, events, shard } = this.#options;
    while (this.#next < events && lines.has(this.#next)) {
      const line = lines.at(this.#next);
      const author = readHex32(line, PUBKEY_AT);
      const isMine = author % shard.count === shard.index && this.#isToBeStored(line);
      if (isMine && this.#busy.has(author)) return null;
      const number = this.#next++;
      lines.release(this.#next);
      if (isMine) return this.#eventOf(number, author, line);
    }
    return null;
  }

  #isToBeStored(line: Buffer): boolean {
    return !this.#options.present.has(this.#next) && kindClass(kindOf(line)) !== 'ephemeral';
  }

  ended({ author }: EventToStore): void {
    this.#busy.delete(author);
  }

  #eventOf(number: number, author: number, line: Buffer): EventToStore {
    this.#busy.add(author);
    const frame = Buffer.allocUnsafe(maskedFrameLength(eventMessageBytes(line.length)));
    writeEventFrame(frame, 0, line, this.#options.nextMask());
    return {
      number,
      id: null,
      idHigh: readHex32(line, ID_AT),
      idLow: readHex32(line, ID_AT + 8),
      frame,
      author,
    };
  }
}
