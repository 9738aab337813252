import type { Target } from './scene.ts';

/** Events that are kept, a power of two: most of what is referred to is among them. */
const SLOTS = 16_384;
const SLOT_BITS = 14;
const ID_BYTES = 64;
const NONE = -1;

/** What a kept event is made of again; keys are numbers of the corpus. */
type PubkeyOf = (key: number) => string;

/**
 * Facts of events that were made lately. They stand in a few arrays and not in objects: thousands of objects that live
 * for a while and die would make the heap several times larger than what is in it.
 */
export class KeptTargets {
  readonly #pubkeyOf: PubkeyOf;
  readonly #numbers = new Float64Array(SLOTS).fill(NONE);
  readonly #kinds = new Uint16Array(SLOTS);
  readonly #keys = new Uint32Array(SLOTS);
  readonly #ids = Buffer.alloc(SLOTS * ID_BYTES);
  readonly #rootKeys = new Float64Array(SLOTS);
  readonly #rootIds = Buffer.alloc(SLOTS * ID_BYTES);

  constructor(pubkeyOf: PubkeyOf) {
    this.#pubkeyOf = pubkeyOf;
  }

  /** Keeps an event, in the place of another one. */
  put({ n, kind, key, id, root }: Target): void {
    const slot = slotOf(n);
    this.#numbers[slot] = n;
    this.#kinds[slot] = kind;
    this.#keys[slot] = key;
    this.#ids.write(id, slot * ID_BYTES, 'latin1');
    this.#rootKeys[slot] = root === null ? NONE : root.key;
    if (root !== null) this.#rootIds.write(root.id, slot * ID_BYTES, 'latin1');
  }

  /** Event n, or null where it is not kept. */
  get(n: number): Target | null {
    const slot = slotOf(n);
    if (this.#numbers[slot] !== n) return null;
    const key = this.#keys[slot] as number;
    const at = slot * ID_BYTES;
    return {
      n,
      id: this.#ids.toString('latin1', at, at + ID_BYTES),
      key,
      pubkey: this.#pubkeyOf(key),
      kind: this.#kinds[slot] as number,
      root: this.#rootOf(slot),
    };
  }

  #rootOf(slot: number): Target['root'] {
    const key = this.#rootKeys[slot] as number;
    if (key === NONE) return null;
    const at = slot * ID_BYTES;
    return { id: this.#rootIds.toString('latin1', at, at + ID_BYTES), key, pubkey: this.#pubkeyOf(key) };
  }
}

/** Spreads numbers that are multiples of a power of two, which are the ones asked for most (Knuth's multiplier). */
function slotOf(n: number): number {
  return Math.imul(n, 0x9e3779b1) >>> (32 - SLOT_BITS);
}
