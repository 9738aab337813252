/** Who has what: one bit a subscriber, for each slot of a window. */
export class SeenBits {
  readonly #bits: Uint8Array;
  readonly #bytes: number;

  /** @param subscribers of one slot at most */
  constructor(slots: number, subscribers: number) {
    this.#bytes = Math.ceil(subscribers / 8);
    this.#bits = new Uint8Array(slots * this.#bytes);
  }

  /** Nobody has it any more. */
  clear(slot: number): void {
    this.#bits.fill(0, slot * this.#bytes, (slot + 1) * this.#bytes);
  }

  has(slot: number, place: number): boolean {
    return ((this.#bits[this.#at(slot, place)] as number) & (1 << (place & 7))) !== 0;
  }

  /** @returns false where the subscriber had it already */
  mark(slot: number, place: number): boolean {
    if (this.has(slot, place)) return false;
    const at = this.#at(slot, place);
    this.#bits[at] = (this.#bits[at] as number) | (1 << (place & 7));
    return true;
  }

  #at(slot: number, place: number): number {
    return slot * this.#bytes + (place >> 3);
  }
}
