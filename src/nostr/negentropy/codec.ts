/** The message does not follow the protocol. */
export class NegentropyError extends Error {}

export const ID_BYTES = 32;

/** An upper end of a range, exclusive: a time and the beginning of an id. */
export interface RangeBound {
  /** Unix seconds; Infinity ends the last range. */
  readonly timestamp: number;
  readonly id: Uint8Array;
}

/** Reads a message of Negentropy. All methods throw {@link NegentropyError} where it does not follow the protocol. */
export class MessageReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #timestamp = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw new NegentropyError('the message ends too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  varint(): number {
    let value = 0;
    for (let byte = 0x80; byte >= 0x80; ) {
      byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (value > Number.MAX_SAFE_INTEGER) throw new NegentropyError('a number is too large');
    }
    return value;
  }

  bound(): RangeBound {
    const delta = this.varint();
    // Once infinite, always infinite: no range follows the last.
    this.#timestamp = delta === 0 ? Number.POSITIVE_INFINITY : this.#timestamp + delta - 1;
    const length = this.varint();
    if (length > ID_BYTES) throw new NegentropyError('a bound is longer than an id');
    return { timestamp: this.#timestamp, id: this.take(length) };
  }
}

/** Writes a message of Negentropy. */
export class MessageWriter {
  #bytes = Buffer.alloc(1_024);
  #length = 0;
  #timestamp = 0;

  get length(): number {
    return this.#length;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  put(bytes: Uint8Array | readonly number[]): this {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.bytes()], Math.max(needed, 2 * this.#bytes.length));
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
    return this;
  }

  varint(value: number): this {
    const bytes = [value % 128];
    for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
      bytes.unshift((rest % 128) + 128);
    }
    return this.put(bytes);
  }

  bound({ timestamp, id }: RangeBound): this {
    if (timestamp === Number.POSITIVE_INFINITY) this.varint(0);
    else {
      this.varint(timestamp - this.#timestamp + 1);
      this.#timestamp = timestamp;
    }
    return this.varint(id.length).put(id);
  }
}
