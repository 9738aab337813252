import { readHex32 } from '../../base/hex.ts';
import { createRandom } from '../../base/random.ts';
import { frameHeaderLength, maskedFrameLength, sealMaskedTextFrame } from '../../base/websocket-frame.ts';
import { hasVersions, kindClass } from '../../nostr/kinds.ts';
import { type EventFrames, NO_TOPIC } from '../event-frames.ts';
import { EventSource } from '../generate/event-source.ts';
import type { CorpusSpec } from '../spec.ts';
import { ID_AT, kindOf } from './event-line.ts';
import type { FreshSigner } from './fresh-signer.ts';
import type { LinesAhead } from './lines-ahead.ts';
import type { ReplayOrder } from './replay-order.ts';

export interface ReplayFramesOptions {
  readonly order: ReplayOrder;
  readonly lines: LinesAhead;
  /** Events of the file. */
  readonly events: number;
  /** Makes the events beyond the file; null where there are none. */
  readonly endless: CorpusSpec | null;
  /** Bytes of the largest event, as JSON. */
  readonly maxEventBytes: number;
  readonly seed: number;
  /** The topic of an event, {@link NO_TOPIC} where nobody listens to it. */
  readonly topicOf: (line: Buffer) => number;
  /** Signs ephemeral events when they are sent; null where all go out as they stand. */
  readonly fresh: FreshSigner | null;
}

const HEAD = Buffer.from('["EVENT",');
const BRACKET = 0x5d;

/** Bytes of the client message that publishes an event of so many bytes. */
export function eventMessageBytes(eventBytes: number): number {
  return HEAD.length + eventBytes + 1;
}

/** Writes events of a corpus as masked client frames, one an arrival, in the order of the corpus. */
export class ReplayFrames implements EventFrames {
  readonly maxFrameBytes: number;
  idHigh = 0;
  idLow = 0;
  topic = NO_TOPIC;
  hasVersions = false;
  readonly #options: ReplayFramesOptions;
  readonly #source: EventSource | null;
  readonly #nextMask: () => number;

  constructor(options: ReplayFramesOptions) {
    this.#options = options;
    this.maxFrameBytes = maskedFrameLength(eventMessageBytes(options.maxEventBytes));
    this.#source = options.endless === null ? null : new EventSource(options.endless);
    this.#nextMask = createRandom(options.seed, 'replay-masks').uint32;
  }

  isReady(n: number): boolean {
    const { order, lines, events } = this.#options;
    const event = order.eventOf(n);
    // Here and not behind writing: arrivals that are dropped need their lines no longer, too.
    lines.release(order.lowestFrom(n));
    return event >= events || lines.has(event);
  }

  sortOf(): number {
    return 0;
  }

  isRepeat(n: number): boolean {
    return !this.#options.order.isFirst(n);
  }

  write(target: Buffer, offset: number, n: number, createdAt_s: number): number {
    const { order, topicOf, fresh } = this.#options;
    const recorded = this.#line(order.eventOf(n));
    const kind = kindOf(recorded);
    const isFresh = fresh !== null && kindClass(kind) === 'ephemeral';
    this.hasVersions = hasVersions(kind);
    const line = isFresh ? fresh.sign(recorded, createdAt_s) : recorded;
    this.idHigh = readHex32(line, ID_AT);
    this.idLow = readHex32(line, ID_AT + 8);
    this.topic = order.isFirst(n) ? topicOf(line) : NO_TOPIC;
    return writeEventFrame(target, offset, line, this.#nextMask());
  }

  #line(event: number): Buffer {
    if (event < this.#options.events || this.#source === null) return this.#options.lines.at(event);
    return Buffer.from(this.#source.event(event).json);
  }
}

/**
 * Writes the masked client frame of `["EVENT", …]` at `offset`.
 * @param line the event as JSON
 * @returns bytes of the frame
 * @throws RangeError where it does not fit
 */
export function writeEventFrame(target: Buffer, offset: number, line: Buffer, mask: number): number {
  const length = eventMessageBytes(line.length);
  const start = offset + frameHeaderLength(length);
  if (start + length > target.length) throw new RangeError('the frame does not fit');
  target.set(HEAD, start);
  target.set(line, start + HEAD.length);
  target[start + length - 1] = BRACKET;
  return sealMaskedTextFrame(target, offset, length, mask);
}
