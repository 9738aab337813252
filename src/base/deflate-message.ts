import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { InflateBudget } from './inflate-budget.ts';
import { DEFLATE_WINDOW_BITS } from './permessage-deflate.ts';

/** What the compression of messages has done; the bytes are those of the messages that were compressed. */
export interface DeflateCounts {
  /** Messages sent compressed. */
  deflated: number;
  deflatedBefore_bytes: number;
  deflatedAfter_bytes: number;
  /** Messages received compressed. */
  inflated: number;
  inflatedBefore_bytes: number;
  inflatedAfter_bytes: number;
}

/** Nothing counted yet. */
export function noDeflateCounts(): DeflateCounts {
  return {
    deflated: 0,
    deflatedBefore_bytes: 0,
    deflatedAfter_bytes: 0,
    inflated: 0,
    inflatedBefore_bytes: 0,
    inflatedAfter_bytes: 0,
  };
}

/** A message goes out compressed. */
export function countDeflated(counts: DeflateCounts, before_bytes: number, after_bytes: number): void {
  counts.deflated++;
  counts.deflatedBefore_bytes += before_bytes;
  counts.deflatedAfter_bytes += after_bytes;
}

/** First byte of the only frame of a compressed text message: final, RSV1, text (RFC 7692 section 6). */
export const FINAL_DEFLATED_TEXT = 0xc1;
/** The bit that says so in any first frame. */
export const RSV1 = 0x40;

/** The empty block that ends what was flushed; it is left out on the wire (RFC 7692 section 7.2.1). */
const TAIL_BYTES = 4;
/** What zlib writes to at once: one buffer of the pool holds most events. */
const CHUNK_BYTES = 2_048;
const MAX_CHUNK_BYTES = 64 * 1024;
/** An event in hex shrinks to a half at best; text to a third. */
const USUAL_RATIO = 4;
const EMPTY = Buffer.alloc(0);
/**
 * What is read behind the payload of a message: the tail that was left out (RFC 7692 section 7.2.2), and an empty last block, which
 * zlib finds only where the message ends with a block: a message that was cut off runs out of input.
 */
const END = Buffer.from('0000ffff010000ffff', 'hex');

const DEFLATE = {
  windowBits: DEFLATE_WINDOW_BITS,
  memLevel: 6,
  chunkSize: CHUNK_BYTES,
  finishFlush: constants.Z_SYNC_FLUSH,
};

/** The payload of a message compressed on its own, without its tail (RFC 7692 section 7.2.1). */
export function deflateMessage(payload: Uint8Array): Buffer {
  const deflated = deflateRawSync(payload, DEFLATE);
  return deflated.subarray(0, deflated.length - TAIL_BYTES);
}

/** Bytes of the header of a block that is not compressed, where it begins on a byte (RFC 1951 section 3.2.4). */
export const STORED_HEADER_BYTES = 5;

/**
 * Writes the header of a block of `length` bytes that is not compressed: what follows it may be any compressed message, so that
 * one which many get is compressed once and has a beginning of its own for each.
 * @param length at most 65,535
 */
export function writeStoredHeader(target: Uint8Array, at: number, length: number): void {
  target[at] = 0;
  target[at + 1] = length;
  target[at + 2] = length >>> 8;
  target[at + 3] = ~length;
  target[at + 4] = ~length >>> 8;
}

/** Why a message could not be inflated: it is larger than is taken, by itself or with those before it, or it is not what zlib writes. */
export type InflateFailure = 'too-big' | 'broken';

export interface InflaterOptions {
  /** Bytes of the largest message; nothing beyond is inflated, whatever the compressed message claims. */
  readonly maxBytes: number;
  /** Window that the peer takes over from message to message: what is kept; 0 where it takes nothing over. */
  readonly takenOverBytes: number;
  /** Bounds all messages together; left out where something else does. */
  readonly budget?: InflateBudget;
  readonly counts: DeflateCounts;
}

/**
 * Inflates the messages of one connection. Between messages it holds nothing but what the peer may refer to, at most 32 KiB and
 * only as much as was received; a message is inflated at once, in the turn in which it came.
 */
export class Inflater {
  readonly #options: InflaterOptions;
  #window: Buffer = EMPTY;
  #used = 0;

  constructor(options: InflaterOptions) {
    this.#options = options;
  }

  /** Bytes held for the messages to come. */
  get heldBytes(): number {
    return this.#window.length;
  }

  /** The payload of a compressed message: all its frames, joined. */
  inflate(payload: Uint8Array): Buffer | InflateFailure {
    const { counts, takenOverBytes, budget } = this.#options;
    const message = this.#inflated(payload);
    if (!Buffer.isBuffer(message)) return message;
    counts.inflated++;
    counts.inflatedBefore_bytes += payload.length;
    counts.inflatedAfter_bytes += message.length;
    if (budget?.spend(payload.length, message.length) === true) return 'too-big';
    if (takenOverBytes > 0) this.#keep(message, takenOverBytes);
    return message;
  }

  #inflated(payload: Uint8Array): Buffer | InflateFailure {
    if (payload.length === 0) return EMPTY;
    try {
      return inflateRawSync(Buffer.concat([payload, END]), {
        chunkSize: Math.min(Math.max(payload.length * USUAL_RATIO, CHUNK_BYTES), MAX_CHUNK_BYTES),
        maxOutputLength: this.#options.maxBytes,
        ...(this.#used === 0 ? {} : { dictionary: this.#window.subarray(0, this.#used) }),
      });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-big' : 'broken';
    }
  }

  /** Of all that was inflated the last `size` bytes are kept. */
  #keep(message: Buffer, size: number): void {
    const last = message.subarray(Math.max(0, message.length - size));
    const kept = Math.min(this.#used, size - last.length);
    if (kept + last.length > this.#window.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(size, Math.max(1_024, 2 * (kept + last.length))));
      this.#window.copy(grown, 0, this.#used - kept, this.#used);
      this.#window = grown;
    } else if (kept < this.#used) {
      this.#window.copyWithin(0, this.#used - kept, this.#used);
    }
    last.copy(this.#window, kept);
    this.#used = kept + last.length;
  }
}
