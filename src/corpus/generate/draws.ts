/** What a stream of draws is for; streams of one seed and number that differ in it are independent. */
export const USE = { event: 1, block: 2, article: 3, list: 4, zapRequest: 5 } as const;
export type Use = (typeof USE)[keyof typeof USE];

const TWO_POW_32 = 0x1_0000_0000;

/**
 * The random numbers of one event: a stream that depends on nothing but the seed, the event's number and the
 * use. That makes every event a pure function of its number, so that any thread can make any event in any order.
 *
 * sfc32 (Chris Doty-Humphrey, PractRand) with integer operations only; all that is derived from it uses the four
 * operations and square roots, which IEEE 754 rounds alike everywhere. `Math.pow` and its kin may differ between
 * versions of V8 and stay out of the corpus.
 */
export class Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed any safe integer
   * @param n a whole number below 2^32
   */
  constructor(seed: number, n: number, use: Use) {
    this.#a = seed | 0;
    this.#b = (Math.floor(seed / TWO_POW_32) ^ Math.imul(use, 0x9e3779b1)) | 0;
    this.#c = n | 0;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** Uniform unsigned 32-bit integer. */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1) with 32 bits. */
  unit(): number {
    return this.uint32() / TWO_POW_32;
  }

  /** Uniform integer in [0, bound); bound at most 2^32. */
  int(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** True with probability `share`. */
  chance(share: number): boolean {
    return this.unit() < share;
  }

  /** An element, uniformly. */
  of<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  /** An element; the first ones are more likely: half of the draws fall into the first quarter. */
  earlyOf<T>(list: readonly T[]): T {
    const unit = this.unit();
    return list[Math.floor(unit * unit * list.length)] as T;
  }
}
