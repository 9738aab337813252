import { createShortScalars } from './short-scalars.ts';

/** Enough that the R values a relay stores do not compress its database unrealistically. */
export const DEFAULT_NONCES = 4_096;

/**
 * Precomputed BIP-340 nonces: scalars k whose point R has an even y, and R's x coordinate. All the point
 * arithmetic of a signature is in R, which depends neither on the message nor on the key.
 *
 * **A nonce that signs twice reveals the secret key**: two signatures of one key with one nonce are two linear
 * equations in two unknowns. This table reuses every nonce thousands of times and is safe only because its
 * signer takes `ThrowawayKeys`, which are public knowledge from the start.
 */
export class NonceTable {
  /** Entries; a power of two. */
  readonly size: number;
  /** The nonces, all below 2^64. */
  readonly scalars: readonly bigint[];
  /** R.x of each nonce: 64 lower-case hex characters. */
  readonly xHex: readonly string[];

  /**
   * @param seed any safe integer; the same seed gives the same table on every machine
   * @param size a power of two; default 4,096 entries, about 50 ms
   */
  constructor(seed: number, size: number = DEFAULT_NONCES) {
    if (size < 1 || (size & (size - 1)) !== 0) throw new RangeError('size must be a power of two');
    const nonces = createShortScalars(['nonces', seed], size);
    this.size = size;
    this.scalars = nonces.map((nonce) => nonce.scalar);
    this.xHex = nonces.map((nonce) => nonce.xHex);
  }
}
