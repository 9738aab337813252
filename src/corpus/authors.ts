import { ThrowawayKeys } from './keys.ts';
import { NonceTable } from './nonce-table.ts';
import { NonceTableSigner } from './signer.ts';

/** Who signs an event: a key and what signs with it. Valid until the next one is chosen. */
export interface ChosenAuthor {
  readonly signer: NonceTableSigner;
  /** The public key as 16 words of its hex digits, from {@link keyAt} on. */
  readonly publicKeyWords: Uint32Array;
  readonly keyAt: number;
}

/** Words of a public key in hex. */
export const KEY_WORDS = 16;

/** Says who signs which event. */
export interface Authors {
  /** X-only public keys, hex; empty where every event has its own. */
  readonly publicKeys: readonly string[];
  /**
   * @param n number of the event
   * @param draw unsigned 32-bit number, the same for each `n`
   * @param second another one
   */
  choose(n: number, draw: number, second: number): ChosenAuthor;
}

/** A fixed number of throwaway keys, drawn by the number of the event. */
export class DrawnAuthors implements Authors {
  readonly publicKeys: readonly string[];
  readonly signer: NonceTableSigner;
  readonly publicKeyWords: Uint32Array;
  keyAt = 0;
  readonly #nonces: NonceTable;

  constructor(seed: number, count: number, nonces: NonceTable) {
    const keys = new ThrowawayKeys({ seed, label: 'publish', count });
    this.publicKeys = keys.publicKeys;
    this.publicKeyWords = wordsOf(keys);
    this.signer = new NonceTableSigner(keys, nonces);
    this.#nonces = nonces;
  }

  choose(_n: number, draw: number, second: number): ChosenAuthor {
    const key = Math.floor((draw / 0x1_0000_0000) * this.publicKeys.length);
    this.keyAt = key * KEY_WORDS;
    this.signer.select(key, second & (this.#nonces.size - 1));
    return this;
  }
}

/** Keys that are made at a time: a third of a millisecond, in a gap of the schedule. */
const KEYS_AT_A_TIME = 16;
/** A key signs once, so that a small table does. */
const NONCES = 64;

/** A new throwaway key for each event: nobody has ever seen it before, in this run or another. */
export class FreshAuthors implements Authors {
  readonly publicKeys = [];
  signer: NonceTableSigner;
  publicKeyWords: Uint32Array;
  keyAt = 0;
  readonly #seed: number;
  readonly #runTag: string;
  readonly #nonces: NonceTable;
  #next = KEYS_AT_A_TIME;

  /** @param runTag unique for each run, so that no two runs make the same keys */
  constructor(seed: number, runTag: string) {
    this.#seed = seed;
    this.#runTag = runTag;
    this.#nonces = new NonceTable(seed, NONCES);
    const keys = this.#keys('first');
    this.signer = new NonceTableSigner(keys, this.#nonces);
    this.publicKeyWords = wordsOf(keys);
  }

  choose(n: number, _draw: number, second: number): ChosenAuthor {
    if (this.#next === KEYS_AT_A_TIME) {
      const keys = this.#keys(String(n));
      this.signer = new NonceTableSigner(keys, this.#nonces);
      this.publicKeyWords = wordsOf(keys);
      this.#next = 0;
    }
    this.keyAt = this.#next * KEY_WORDS;
    this.signer.select(this.#next, second & (NONCES - 1));
    this.#next++;
    return this;
  }

  /** Workers never write the same event, so that none makes the keys of another. */
  #keys(first: string): ThrowawayKeys {
    const label = `fresh/${this.#runTag}/${first}`;
    return new ThrowawayKeys({ seed: this.#seed, label, count: KEYS_AT_A_TIME });
  }
}

function wordsOf({ publicKeys }: ThrowawayKeys): Uint32Array {
  return new Uint32Array(Uint8Array.from(Buffer.from(publicKeys.join(''), 'latin1')).buffer);
}
