import { hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { Ordered } from '../kinds.ts';
import { ID_BYTES, MessageWriter, type RangeBound } from './codec.ts';

export const FINGERPRINT_BYTES = 16;
const WORDS = ID_BYTES / 4;
/** So many words of 32 bits can be added in a double without losing a bit. */
const EXACT_IDS = 2 ** 20;

/** Ids that are copied in one step: some 200 µs. */
const ITEMS_PER_STEP = 1_024;

/** How many of the events are not before 1970: they come first. */
function expressible(newestFirst: readonly Ordered[]): number {
  let length = newestFirst.length;
  while (length > 0 && (newestFirst[length - 1]?.created_at ?? 0) < 0) length--;
  return length;
}

/** Index of the first event of the same second. */
function startOfSecond(newestFirst: readonly Ordered[], at: number): number {
  let start = at;
  while (start > 0 && newestFirst[start - 1]?.created_at === newestFirst[at]?.created_at) start--;
  return start;
}

/** Ids by time and then by id, 40 bytes each. */
export class NegentropyItems {
  readonly #timestamps: Float64Array;
  readonly #ids: Uint8Array;
  readonly #words: Uint32Array;

  private constructor(timestamps: Float64Array, buffer: ArrayBuffer) {
    this.#timestamps = timestamps;
    this.#ids = new Uint8Array(buffer);
    this.#words = new Uint32Array(endianness() === 'LE' ? buffer : swapped(buffer));
  }

  /** @param newestFirst in the order of queries; what lies before 1970 cannot be expressed and is left out */
  static of(newestFirst: readonly Ordered[]): NegentropyItems {
    const steps = NegentropyItems.inSteps(newestFirst);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same, a few thousand ids at a time: somebody else may have a turn at each `yield`. */
  static *inSteps(newestFirst: readonly Ordered[]): Generator<void, NegentropyItems, void> {
    const length = expressible(newestFirst);
    const timestamps = new Float64Array(length);
    const buffer = new ArrayBuffer(length * ID_BYTES);
    const ids = Buffer.from(buffer);
    let index = 0;
    // From the oldest second to the newest; within a second the order of queries is that of ids already.
    for (let end = length; end > 0; ) {
      const start = startOfSecond(newestFirst, end - 1);
      for (let at = start; at < end; at++) {
        const { created_at, id } = newestFirst[at] as Ordered;
        timestamps[index] = created_at;
        ids.write(id, index * ID_BYTES, 'hex');
        if (++index % ITEMS_PER_STEP === 0) yield;
      }
      end = start;
    }
    return new NegentropyItems(timestamps, buffer);
  }

  get size(): number {
    return this.#timestamps.length;
  }

  timestampAt(index: number): number {
    return this.#timestamps[index] ?? Number.POSITIVE_INFINITY;
  }

  idAt(index: number): Uint8Array {
    return this.#ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES);
  }

  /** The first index from `from` on that is not below a bound. */
  lowerBound(from: number, bound: RangeBound): number {
    let low = from;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBelow(middle, bound)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The fingerprint of a range: ids added as little-endian numbers mod 2^256, with their count, hashed. */
  fingerprint(from: number, to: number): Uint8Array {
    const sums = new Float64Array(WORDS);
    for (let start = from; start < to; start += EXACT_IDS) {
      this.#addWords(sums, start, Math.min(to, start + EXACT_IDS));
      passCarries(sums);
    }
    const total = Buffer.alloc(ID_BYTES);
    for (const [i, sum] of sums.entries()) total.writeUInt32LE(sum, i * 4);
    const count = new MessageWriter().varint(to - from).bytes();
    return hash('sha256', Buffer.concat([total, count]), 'buffer').subarray(0, FINGERPRINT_BYTES);
  }

  /** Adds the words of a range of ids to the sums, without carries. */
  #addWords(sums: Float64Array, from: number, to: number): void {
    for (let word = from * WORDS; word < to * WORDS; word += WORDS) {
      for (let i = 0; i < WORDS; i++) sums[i] = (sums[i] as number) + (this.#words[word + i] as number);
    }
  }

  #isBelow(index: number, { timestamp, id }: RangeBound): boolean {
    const own = this.timestampAt(index);
    return own === timestamp ? Buffer.compare(this.idAt(index), id) < 0 : own < timestamp;
  }
}

/** Makes words of 32 bits of the sums, mod 2^256. */
function passCarries(sums: Float64Array): void {
  let carry = 0;
  for (const [i, sum] of sums.entries()) {
    const value = sum + carry;
    carry = Math.floor(value / 2 ** 32);
    sums[i] = value % 2 ** 32;
  }
}

function swapped(buffer: ArrayBuffer): ArrayBuffer {
  const copy = buffer.slice(0);
  Buffer.from(copy).swap32();
  return copy;
}
