import { ORDER } from './secp256k1.ts';

/**
 * The one equation of a signature, s = k + e·d mod n, for short d and k (below 2^64). BigInt needs 0.7 µs
 * and leaves garbage; numbers in limbs of 24 bits need a quarter of it: every product and every sum of a
 * column is below 2^53 and therefore exact.
 */

const LIMB = 2 ** 24;
const SHORT_LIMBS = 3;
/** Limbs of a 256-bit number; the highest holds 16 bits. */
const LIMBS = 11;
const TOP = LIMBS - 1;
const TOP_LIMB = 2 ** 16;
const HASH_BYTES = 32;

/** 2^256 mod n and 2^264 mod n: what the bits above 256 and above limb 10 are worth. */
const FOLD_256 = limbsOf(2n ** 256n - ORDER, 6);
const FOLD_264 = limbsOf((2n ** 256n - ORDER) << 8n, 6);

function limbsOf(value: bigint, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Number((value >> BigInt(24 * i)) & 0xffffffn));
}

function shortLimbs(values: readonly bigint[]): Float64Array {
  const limbs = new Float64Array(values.length * SHORT_LIMBS);
  values.forEach((value, i) => {
    limbs.set(limbsOf(value, SHORT_LIMBS), i * SHORT_LIMBS);
  });
  return limbs;
}

/**
 * Little-endian columns of 24 bits; above limb 10 what is still to be folded. One scratch for all: nothing
 * here is asynchronous, and the compiler treats a constant of the module better than a field.
 */
const columns = new Float64Array(LIMBS + SHORT_LIMBS);

export class SignatureScalars {
  /** The last result: 32 bytes, big-endian. */
  readonly bytes = new Uint8Array(HASH_BYTES);
  readonly #secrets: Float64Array;
  readonly #nonces: Float64Array;

  /** @param secrets, nonces below 2^64 */
  constructor(secrets: readonly bigint[], nonces: readonly bigint[]) {
    this.#secrets = shortLimbs(secrets);
    this.#nonces = shortLimbs(nonces);
  }

  /**
   * Computes k + e·d mod n into `bytes`.
   * @param e 32 bytes, one character (0–255) a byte, most significant first
   */
  compute(key: number, nonce: number, e: string): void {
    this.#multiplyAdd(key * SHORT_LIMBS, nonce * SHORT_LIMBS, e);
    fold();
    if (columns[TOP] === TOP_LIMB - 1 && columns[TOP - 1] === LIMB - 1) reduceOnce();
    for (let i = 0, at = HASH_BYTES - 1; i < LIMBS; i++, at -= 3) {
      const limb = columns[i] as number;
      this.bytes[at] = limb;
      this.bytes[at - 1] = limb >>> 8;
      this.bytes[at - 2] = limb >>> 16;
    }
  }

  #multiplyAdd(secretAt: number, nonceAt: number, e: string): void {
    columns.fill(0);
    const d0 = this.#secrets[secretAt] as number;
    const d1 = this.#secrets[secretAt + 1] as number;
    const d2 = this.#secrets[secretAt + 2] as number;
    for (let i = 0; i < SHORT_LIMBS; i++) columns[i] = this.#nonces[nonceAt + i] as number;
    for (let i = 0, at = HASH_BYTES - 1; i < LIMBS; i++, at -= 3) {
      const limb = limbAt(e, at);
      columns[i] = (columns[i] as number) + limb * d0;
      columns[i + 1] = (columns[i + 1] as number) + limb * d1;
      columns[i + 2] = (columns[i + 2] as number) + limb * d2;
    }
    carry(columns.length - 1);
  }
}

/** Replaces everything above 2^256 by what it is worth modulo n, until nothing is there. */
function fold(): void {
  for (let i = 0; i < SHORT_LIMBS; i++) {
    const high = columns[LIMBS + i] as number;
    columns[LIMBS + i] = 0;
    for (let j = 0; j < FOLD_264.length; j++) {
      columns[i + j] = (columns[i + j] as number) + high * (FOLD_264[j] as number);
    }
  }
  do {
    const top = columns[TOP] as number;
    const high = Math.floor(top / TOP_LIMB);
    columns[TOP] = top - high * TOP_LIMB;
    for (let j = 0; j < FOLD_256.length; j++) {
      columns[j] = (columns[j] as number) + high * (FOLD_256[j] as number);
    }
    carry(TOP);
  } while ((columns[TOP] as number) >= TOP_LIMB);
}

/** Brings the columns below `end` under 2^24. */
function carry(end: number): void {
  let over = 0;
  for (let i = 0; i < end; i++) {
    const value = (columns[i] as number) + over;
    over = Math.floor(value / LIMB);
    columns[i] = value - over * LIMB;
  }
  columns[end] = (columns[end] as number) + over;
}

/** Subtracts n where the value is not below it: only then does adding 2^256 − n reach 2^256. */
function reduceOnce(): void {
  const before = columns.slice();
  for (let j = 0; j < FOLD_256.length; j++) columns[j] = (columns[j] as number) + (FOLD_256[j] as number);
  carry(TOP);
  if ((columns[TOP] as number) < TOP_LIMB) columns.set(before);
  else columns[TOP] = (columns[TOP] as number) - TOP_LIMB;
}
/** The limb whose lowest byte is at `at`; bytes before the first are zero. */
function limbAt(bytes: string, at: number): number {
  const low = (bytes.charCodeAt(at - 1) << 8) | bytes.charCodeAt(at);
  return at < 2 ? low : (bytes.charCodeAt(at - 2) << 16) | low;
}
