const FIN = 0x80;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;
const TEXT = 1;
const CONTINUATION = 0;
const BINARY = 2;
const EMPTY = Buffer.alloc(0);

export interface FrameTapOptions {
  /** A text message of the client. */
  readonly onText: (text: string) => void;
  /** A message that is not read: too long, or binary. */
  readonly onUnread: () => void;
  /** Bytes of the longest message that is read. */
  readonly longest: number;
}

/**
 * Reads the messages of a client (RFC 6455) from a copy of what it sends, whatever pieces that comes in. It answers nothing
 * and changes nothing; control frames pass unseen.
 */
export class FrameTap {
  readonly #options: FrameTapOptions;
  #rest: Buffer = EMPTY;
  /** Bytes of a frame that is not read which are still to come. */
  #skip = 0;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isReadable = true;

  constructor(options: FrameTapOptions) {
    this.#options = options;
  }

  /** @param chunk is not changed, and not kept beyond this call */
  push(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    let data = skipped === 0 ? chunk : chunk.subarray(skipped);
    if (this.#rest.length > 0) data = Buffer.concat([this.#rest, data]);
    let at = 0;
    while (at < data.length) {
      const used = this.#frame(data, at);
      if (used === 0) break;
      at += used;
    }
    this.#rest = at >= data.length ? EMPTY : Buffer.from(data.subarray(at));
    if (at > data.length) this.#skip += at - data.length;
  }

  /** @returns bytes of the frame at `at`, more than there are where it is passed over; 0 where it is not complete */
  #frame(data: Buffer, at: number): number {
    const size = headerOf(data, at);
    if (size === null) return 0;
    const { payloadAt, length, mask } = size;
    const opcode = (data[at] as number) & OPCODE;
    const total = payloadAt - at + length;
    if (opcode > BINARY) return total;
    const isLast = ((data[at] as number) & FIN) !== 0;
    if (opcode !== CONTINUATION) this.#begin(opcode === TEXT);
    if (!this.#isReadable || this.#bytes + length > this.#options.longest) {
      this.#isReadable = false;
      this.#parts = [];
    } else {
      if (at + total > data.length) return 0;
      this.#parts.push(unmasked(data.subarray(payloadAt, payloadAt + length), mask));
      this.#bytes += length;
    }
    if (isLast) this.#end();
    return total;
  }

  #begin(isText: boolean): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#isReadable = isText;
  }

  #end(): void {
    if (this.#isReadable) this.#options.onText(Buffer.concat(this.#parts).toString('utf8'));
    else this.#options.onUnread();
    this.#begin(true);
  }
}

interface Header {
  readonly payloadAt: number;
  readonly length: number;
  /** Null where the payload stands as it is. */
  readonly mask: Buffer | null;
}

/** Null where it is not complete. */
function headerOf(data: Buffer, at: number): Header | null {
  if (data.length < at + 2) return null;
  const second = data[at + 1] as number;
  const short = second & LENGTH;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const isMasked = (second & MASKED) !== 0;
  const payloadAt = at + 2 + lengthBytes + (isMasked ? 4 : 0);
  if (data.length < payloadAt) return null;
  let length = short;
  if (lengthBytes === 2) length = data.readUInt16BE(at + 2);
  if (lengthBytes === 8) length = Number(data.readBigUInt64BE(at + 2));
  return { payloadAt, length, mask: isMasked ? data.subarray(payloadAt - 4, payloadAt) : null };
}

function unmasked(payload: Buffer, mask: Buffer | null): Buffer {
  const copy = Buffer.from(payload);
  if (mask === null) return copy;
  for (let at = 0; at < copy.length; at++) copy[at] = (copy[at] as number) ^ (mask[at & 3] as number);
  return copy;
}
