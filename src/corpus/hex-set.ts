import { readHex32 } from '../base/hex.ts';

const WORDS = 4;
const FIRST_SLOTS = 1_024;

/**
 * A set of ids or public keys by their first 127 bits, which nobody can make collide: SHA-256 and points of the
 * curve give no way to. 16 bytes a slot and at most half of the slots in use: 32 to 64 bytes a member, where a set of
 * strings takes 150.
 */
export class HexSet {
  #words = new Uint32Array(FIRST_SLOTS * WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Adds the 64 lower-case hex characters at `offset`.
   * @returns false where they are in the set already
   */
  add(hex: Uint8Array, offset: number): boolean {
    // The lowest bit marks a slot in use.
    const a = (readHex32(hex, offset) | 1) >>> 0;
    const b = readHex32(hex, offset + 8);
    const c = readHex32(hex, offset + 16);
    const d = readHex32(hex, offset + 24);
    const at = this.#find(a, b, c, d);
    if (this.#words[at] !== 0) return false;
    this.#put(at, a, b, c, d);
    this.#size++;
    if (2 * this.#size * WORDS > this.#words.length) this.#grow();
    return true;
  }

  /** Where the member stands, or the free slot where it belongs. */
  #find(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    const mask = words.length / WORDS - 1;
    for (let slot = d & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (words[at] === 0) return at;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return at;
    }
  }

  // biome-ignore lint/complexity/useMaxParams: an array of the words would be garbage for every event
  #put(at: number, a: number, b: number, c: number, d: number): void {
    this.#words[at] = a;
    this.#words[at + 1] = b;
    this.#words[at + 2] = c;
    this.#words[at + 3] = d;
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += WORDS) {
      const [a, b, c, d] = [before[at] ?? 0, before[at + 1] ?? 0, before[at + 2] ?? 0, before[at + 3] ?? 0];
      if (a !== 0) this.#put(this.#find(a, b, c, d), a, b, c, d);
    }
  }
}
