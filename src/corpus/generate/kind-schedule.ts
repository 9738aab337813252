import { createRandom } from '../../base/random.ts';
import { Draws, USE } from './draws.ts';

/** Events of a block; shares are given in events of a block. */
export const BLOCK_EVENTS = 10_000;

/** Where an event stands in the plan of kinds. */
export interface Place {
  /** Index into the shares. */
  readonly slot: number;
  /** How many events of the same slot come before it in the plan: each number occurs once a slot. */
  readonly rank: number;
}

/**
 * Which kind every event has: each block of 10,000 events holds every slot exactly as often as its share says, in
 * an order that looks random. Both directions cost the same for any number: nothing is counted from the start.
 */
export class KindSchedule {
  readonly #seed: number;
  readonly #shares: readonly number[];
  /** The slot at each position of the shuffled block. */
  readonly #slots: Uint8Array;
  /** How many positions before it hold the same slot. */
  readonly #ranks: Uint16Array;
  readonly #firstOffset: number;
  #block = 0;
  #offset: number;

  /**
   * @param shares events of a block by slot; their sum is 10,000. The first event has slot `firstSlot`
   * @throws RangeError where they do not add up
   */
  constructor(seed: number, shares: readonly number[], firstSlot: number) {
    const sum = shares.reduce((total, share) => total + share, 0);
    if (sum !== BLOCK_EVENTS) throw new RangeError(`the shares add up to ${sum}, not to ${BLOCK_EVENTS}`);
    this.#seed = seed;
    this.#shares = shares;
    this.#slots = shuffled(seed, shares);
    this.#ranks = new Uint16Array(BLOCK_EVENTS);
    const seen = shares.map(() => 0);
    this.#slots.forEach((slot, position) => {
      this.#ranks[position] = seen[slot] as number;
      seen[slot] = (seen[slot] as number) + 1;
    });
    this.#firstOffset = this.#slots.indexOf(firstSlot);
    this.#offset = this.#firstOffset;
  }

  /** The slot of event n. */
  slotOf(n: number): number {
    return this.#slots[this.#position(n)] as number;
  }

  /** Slot and rank of event n. */
  placeOf(n: number): Place {
    const position = this.#position(n);
    const slot = this.#slots[position] as number;
    const before = Math.floor(n / BLOCK_EVENTS) * (this.#shares[slot] as number);
    return { slot, rank: before + (this.#ranks[position] as number) };
  }

  /** Every block begins at another position of the one shuffled order, so that no period is visible. */
  #position(n: number): number {
    const block = Math.floor(n / BLOCK_EVENTS);
    if (block !== this.#block) {
      this.#block = block;
      this.#offset =
        block === 0 ? this.#firstOffset : new Draws(this.#seed, block, USE.block).int(BLOCK_EVENTS);
    }
    return (n - block * BLOCK_EVENTS + this.#offset) % BLOCK_EVENTS;
  }
}

function shuffled(seed: number, shares: readonly number[]): Uint8Array {
  const slots = Uint8Array.from(shares.flatMap((share, slot) => new Array<number>(share).fill(slot)));
  const random = createRandom(seed, 'corpus/kinds');
  for (let i = slots.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    const slot = slots[i] as number;
    slots[i] = slots[j] as number;
    slots[j] = slot;
  }
  return slots;
}
