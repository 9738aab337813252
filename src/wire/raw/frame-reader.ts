import { isUtf8 } from 'node:buffer';
import { type Inflater, RSV1 } from '../../base/deflate-message.ts';
import { nothingReceived, type ReceivedBytes } from '../received-bytes.ts';

/** Close codes of RFC 6455 section 7.4.1. */
export const CLOSE = {
  normal: 1000,
  protocolError: 1002,
  noStatus: 1005,
  abnormal: 1006,
  notUtf8: 1007,
  policy: 1008,
  tooBig: 1009,
} as const;

const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
const FIN = 0x80;
const RESERVED = 0x70;
const OPCODE_BITS = 0x0f;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_CONTROL_BYTES = 125;
/** As `ws` has it: fragments cost work, and empty ones come without end. */
const MAX_FRAGMENTS = 16_384;
const SMALLEST_HEADER = 2;
const LARGEST_HEADER = 10;

/** Receives whole messages. A buffer is valid only during the call: it lies in the shared read buffer. */
export interface FrameHandlers {
  onText(message: Buffer): void;
  onBinary(): void;
  onPing(payload: Buffer): void;
  /** The peer closes; `code` as it says, 1005 where it says none. */
  onClose(code: number): void;
  /** The peer broke the protocol; nothing is read any more. */
  onError(code: number): void;
}

/**
 * Takes server frames (RFC 6455 section 5: unmasked) out of a stream of bytes. Whole frames are handed over where they lie; only a
 * frame that the network cut in two is copied. Compressed ones (RFC 7692) are known by a bit that is against the protocol without
 * the extension, so nobody else pays for them.
 */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  readonly #maxBytes: number;
  readonly #received: ReceivedBytes;
  /** A frame that has begun: its bytes so far, and how many are there. */
  #partial: Buffer | null = null;
  #filled = 0;
  /** Fragments of a message that has begun: the first, and the others that are not empty. */
  #fragments: Buffer[] = [];
  #fragmentCount = 0;
  #fragmentBytes = 0;
  #fragmentOpcode: number = OPCODE.continuation;
  /** Whether they are those of a compressed message. */
  #isDeflated = false;
  /** Null where the extension was not negotiated. */
  #inflater: Inflater | null = null;
  #isEnded = false;

  /**
   * @param maxBytes largest message; a larger one ends the connection with 1009
   * @param received counts whole messages
   */
  constructor(handlers: FrameHandlers, maxBytes: number, received: ReceivedBytes = nothingReceived()) {
    this.#handlers = handlers;
    this.#maxBytes = maxBytes;
    this.#received = received;
  }

  /** Compressed messages may come from now on. */
  inflateWith(inflater: Inflater): void {
    this.#inflater = inflater;
  }

  /** Read bytes as they came; `chunk` may be used again after the call. */
  read(chunk: Buffer): void {
    let at = this.#partial === null ? 0 : this.#continuePartial(chunk);
    while (at < chunk.length && !this.#isEnded) {
      const size = frameSize(chunk, at, chunk.length);
      if (size > this.#maxBytes + LARGEST_HEADER) {
        this.#fail(CLOSE.tooBig);
        return;
      }
      if (size < 0 || at + size > chunk.length) {
        this.#beginPartial(chunk, at, size);
        return;
      }
      this.#frame(chunk, at, at + size);
      at += size;
    }
  }

  /** Stop reading: the connection has ended. */
  end(): void {
    this.#isEnded = true;
    this.#partial = null;
    this.#fragments = [];
    this.#inflater = null;
  }

  #beginPartial(chunk: Buffer, at: number, size: number): void {
    const there = chunk.length - at;
    this.#partial = Buffer.allocUnsafe(size < 0 ? LARGEST_HEADER : size);
    this.#filled = chunk.copy(this.#partial, 0, at, at + there);
  }

  /** @returns how many bytes of the chunk belonged to the frame that had begun */
  #continuePartial(chunk: Buffer): number {
    let at = 0;
    while (this.#partial !== null && at < chunk.length) {
      const size = frameSize(this.#partial, 0, this.#filled);
      if (size > this.#maxBytes + LARGEST_HEADER) {
        this.#fail(CLOSE.tooBig);
        return chunk.length;
      }
      // The header itself was cut: go on byte by byte until the size is known.
      if (size < 0) {
        this.#partial[this.#filled++] = chunk[at++] as number;
        this.#sizeKnown();
        continue;
      }
      const taken = chunk.copy(this.#partial, this.#filled, at, at + size - this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === size) this.#endPartial(size);
    }
    return at;
  }

  /** As soon as the size of the frame is known: make room for it, or end it where it has no payload. */
  #sizeKnown(): void {
    const partial = this.#partial as Buffer;
    const size = frameSize(partial, 0, this.#filled);
    if (size === this.#filled) this.#endPartial(size);
    else if (size > this.#maxBytes + LARGEST_HEADER) this.#fail(CLOSE.tooBig);
    if (this.#partial === null || size <= partial.length) return;
    this.#partial = Buffer.allocUnsafe(size);
    partial.copy(this.#partial, 0, 0, this.#filled);
  }

  #endPartial(size: number): void {
    const frame = this.#partial as Buffer;
    this.#partial = null;
    this.#frame(frame, 0, size);
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start] as number;
    const second = bytes[start + 1] as number;
    const opcode = first & OPCODE_BITS;
    if ((first & RESERVED) !== 0 || (second & MASKED) !== 0) {
      this.#deflatedFrame(bytes, start, end);
      return;
    }
    const payload = bytes.subarray(start + headerSize(second), end);
    if (first === (FIN | OPCODE.text) && this.#fragments.length === 0) {
      this.#received.messages += payload.length;
      this.#text(payload);
    } else if (opcode >= OPCODE.close) this.#control(opcode, payload, (first & FIN) !== 0);
    else this.#data(opcode, payload, (first & FIN) !== 0);
  }

  /** The first frame of a compressed message (RFC 7692 section 6), or one against the protocol. */
  #deflatedFrame(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start] as number;
    const second = bytes[start + 1] as number;
    const opcode = first & OPCODE_BITS;
    const isData = opcode === OPCODE.text || opcode === OPCODE.binary;
    if (this.#inflater === null || (first & RESERVED) !== RSV1 || (second & MASKED) !== 0 || !isData) {
      this.#fail(CLOSE.protocolError);
      return;
    }
    this.#isDeflated = true;
    this.#data(opcode, bytes.subarray(start + headerSize(second), end), (first & FIN) !== 0);
  }

  #control(opcode: number, payload: Buffer, isFinal: boolean): void {
    if (!isFinal || payload.length > MAX_CONTROL_BYTES) this.#fail(CLOSE.protocolError);
    else if (opcode === OPCODE.ping) this.#handlers.onPing(payload);
    else if (opcode === OPCODE.close) this.#close(payload);
    else if (opcode !== OPCODE.pong) this.#fail(CLOSE.protocolError);
  }

  #close(payload: Buffer): void {
    this.end();
    this.#handlers.onClose(payload.length >= 2 ? payload.readUInt16BE(0) : CLOSE.noStatus);
  }

  #data(opcode: number, payload: Buffer, isFinal: boolean): void {
    const isContinuation = opcode === OPCODE.continuation;
    if (opcode > OPCODE.binary || isContinuation !== this.#fragments.length > 0) {
      this.#fail(CLOSE.protocolError);
      return;
    }
    if (!isContinuation) this.#fragmentOpcode = opcode;
    this.#fragmentBytes += payload.length;
    if (this.#fragmentBytes > this.#maxBytes) this.#fail(CLOSE.tooBig);
    else if (++this.#fragmentCount > MAX_FRAGMENTS) this.#fail(CLOSE.policy);
    else this.#fragment(payload, isFinal);
  }

  #fragment(payload: Buffer, isFinal: boolean): void {
    if (payload.length > 0 || this.#fragments.length === 0) this.#fragments.push(Buffer.from(payload));
    if (isFinal) this.#endMessage();
  }

  #endMessage(): void {
    const message =
      this.#fragments.length === 1 ? (this.#fragments[0] as Buffer) : Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#fragmentCount = 0;
    this.#fragmentBytes = 0;
    this.#received.messages += message.length;
    if (this.#isDeflated) this.#inflate(message);
    else this.#message(message);
  }

  #inflate(payload: Buffer): void {
    this.#isDeflated = false;
    const message = this.#inflater?.inflate(payload) ?? 'broken';
    if (message === 'too-big') this.#fail(CLOSE.tooBig);
    else if (message === 'broken') this.#fail(CLOSE.notUtf8);
    else this.#message(message);
  }

  #message(message: Buffer): void {
    if (this.#fragmentOpcode === OPCODE.text) this.#text(message);
    else this.#handlers.onBinary();
  }

  /** RFC 6455 section 8.1: text that is not UTF-8 fails the connection. The check is native, 60 ns a message. */
  #text(message: Buffer): void {
    if (isUtf8(message)) this.#handlers.onText(message);
    else this.#fail(CLOSE.notUtf8);
  }

  #fail(code: number): void {
    this.end();
    this.#handlers.onError(code);
  }
}

function headerSize(second: number): number {
  const length = second & LENGTH_BITS;
  return length === LENGTH_64 ? 10 : length === LENGTH_16 ? 4 : SMALLEST_HEADER;
}

/** Size of the frame at `at`, header included; -1 where too little of the header is there (`end` bounds it). */
function frameSize(bytes: Buffer, at: number, end: number): number {
  if (end - at < SMALLEST_HEADER) return -1;
  const second = bytes[at + 1] as number;
  const header = headerSize(second);
  if (end - at < header) return -1;
  if (header === SMALLEST_HEADER) return header + (second & LENGTH_BITS);
  if (header === 4) return header + bytes.readUInt16BE(at + 2);
  return header + bytes.readUInt32BE(at + 2) * 0x1_0000_0000 + bytes.readUInt32BE(at + 6);
}
