import { readHex32 } from '../base/hex.ts';

/** Words of a slot: 127 bits of the member and a bit that marks the slot as used, then its number. */
const WORDS = 5;
const NUMBER_AT = 4;
const FIRST_SLOTS = 1_024;

/** What `find` says of a value that is not in the table. */
export const NOT_IN_TABLE = -1;

/**
 * Numbers ids or public keys in the order in which they come. They are told apart by their first 127 bits, which
 * nobody can make collide: SHA-256 and points of the curve give no way to. 20 bytes a slot and at most half of the
 * slots in use: 40 to 80 bytes a member, where a map of strings takes 150.
 */
export class HexTable {
  #words = new Uint32Array(FIRST_SLOTS * WORDS);
  #size = 0;

  /** Different values so far, which is the number that the next new one gets. */
  get size(): number {
    return this.#size;
  }

  /** The number of the 64 lower-case hex characters at `offset`, a new one where they are new. */
  intern(hex: Uint8Array, offset: number): number {
    const at = this.#slotOf(hex, offset);
    if (this.#words[at] !== 0) return this.#words[at + NUMBER_AT] as number;
    this.#put(at, hex, offset);
    if (2 * this.#size * WORDS > this.#words.length) this.#grow();
    return this.#size - 1;
  }

  /** The number of the 64 lower-case hex characters at `offset`, or `NOT_IN_TABLE`. */
  find(hex: Uint8Array, offset: number): number {
    const at = this.#slotOf(hex, offset);
    return this.#words[at] === 0 ? NOT_IN_TABLE : (this.#words[at + NUMBER_AT] as number);
  }

  /** Adds a value. @returns false where it was there already */
  add(hex: Uint8Array, offset: number): boolean {
    const before = this.#size;
    return this.intern(hex, offset) === before;
  }

  #put(at: number, hex: Uint8Array, offset: number): void {
    for (let i = 0; i < NUMBER_AT; i++) this.#words[at + i] = wordOf(hex, offset, i);
    this.#words[at + NUMBER_AT] = this.#size++;
  }

  /** Where the value stands, or the free slot where it belongs. */
  #slotOf(hex: Uint8Array, offset: number): number {
    const a = wordOf(hex, offset, 0);
    const b = wordOf(hex, offset, 1);
    const c = wordOf(hex, offset, 2);
    const d = wordOf(hex, offset, 3);
    const words = this.#words;
    const slots = words.length / WORDS;
    for (let slot = d & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = slot * WORDS;
      if (words[at] === 0) return at;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return at;
    }
  }

  #grow(): void {
    const before = this.#words;
    const words = new Uint32Array(2 * before.length);
    const slots = words.length / WORDS;
    for (let from = 0; from < before.length; from += WORDS) {
      if (before[from] === 0) continue;
      let slot = (before[from + NUMBER_AT - 1] as number) & (slots - 1);
      while (words[slot * WORDS] !== 0) slot = (slot + 1) & (slots - 1);
      words.set(before.subarray(from, from + WORDS), slot * WORDS);
    }
    this.#words = words;
  }
}

/** The lowest bit of the first word marks a slot in use, so it is always set. */
function wordOf(hex: Uint8Array, offset: number, i: number): number {
  const word = readHex32(hex, offset + 8 * i);
  return i === 0 ? (word | 1) >>> 0 : word;
}
