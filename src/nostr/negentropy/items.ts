import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { Ordered } from '../kinds.ts';
import { ID_BYTES, MessageWriter, type RangeBound } from './codec.ts';

export const FINGERPRINT_BYTES = 16;
const WORDS = ID_BYTES / 4;
/** So many words of 32 bits can be added in a double without losing a bit. */
const EXACT_IDS = 2 ** 20;

/** Ids by time and then by id, 40 bytes each. */
export class NegentropyItems {
  readonly #timestamps: Float64Array;
  readonly #ids: Uint8Array;
  readonly #words: Uint32Array;

  /** @param newestFirst in the order of queries; what lies before 1970 cannot be expressed and is left out */
  constructor(newestFirst: readonly Ordered[]) {
    const items = newestFirst.filter(({ created_at }) => created_at >= 0);
    items.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
    const buffer = new ArrayBuffer(items.length * ID_BYTES);
    const ids = Buffer.from(buffer);
    this.#timestamps = Float64Array.from(items, ({ created_at }) => created_at);
    for (const [index, { id }] of items.entries()) ids.write(id, index * ID_BYTES, 'hex');
    this.#ids = new Uint8Array(buffer);
    this.#words = new Uint32Array(endianness() === 'LE' ? buffer : swapped(buffer));
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
    return createHash('sha256').update(total).update(count).digest().subarray(0, FINGERPRINT_BYTES);
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
