import { createHash } from 'node:crypto';
import { consecutivePoints, ORDER } from './secp256k1.ts';

/** What a set of throwaway keys is derived from. */
export interface ThrowawayKeysSpec {
  /** Any safe integer; the same seed and label give the same keys on every machine. */
  readonly seed: number;
  /** Names the use; different labels give unrelated keys. */
  readonly label: string;
  readonly count: number;
}

/**
 * The first scalar of a deterministic run of consecutive ones, far from both ends of the group.
 */
export function deriveFirstScalar(purpose: string, seed: number, label: string): bigint {
  const digest = createHash('sha256')
    .update(JSON.stringify(['relay-bench', purpose, seed, label]))
    .digest('hex');
  const margin = 2n ** 64n;
  return margin + (BigInt(`0x${digest}`) % (ORDER - 2n * margin));
}

/**
 * Key pairs for the events of a run: valid BIP-340 keys, all distinct, deterministic.
 *
 * **Throwaway only.** Secret key i is `first + i`, and `first` is a hash of the seed: whoever knows the seed
 * (it stands in every run record), or one secret of the set, knows them all. The one way to make a set is
 * from a seed, so no key of a person can ever get in here and from here into the nonce-table signer.
 */
export class ThrowawayKeys {
  /** Lower-case hex of the x-only public keys (BIP-340), 64 characters each. */
  readonly publicKeys: readonly string[];
  readonly #secrets: readonly bigint[];

  constructor({ seed, label, count }: ThrowawayKeysSpec) {
    const first = deriveFirstScalar('keys', seed, label);
    const points = consecutivePoints(first, count);
    this.publicKeys = points.map((point) => point.x.toString(16).padStart(64, '0'));
    this.#secrets = points.map((point, i) => evenSecret(first + BigInt(i), point.y));
  }

  get count(): number {
    return this.publicKeys.length;
  }

  /** The secret scalar of key `index`, negated where needed so that its point has the even y of BIP-340. */
  secretScalar(index: number): bigint {
    const secret = this.#secrets[index];
    if (secret === undefined) throw new RangeError(`no key ${index} in a set of ${this.count}`);
    return secret;
  }
}

/** The scalar, or its negative, whose point has an even y coordinate (BIP-340 "has_even_y"). */
export function evenSecret(scalar: bigint, y: bigint): bigint {
  return (y & 1n) === 0n ? scalar : ORDER - scalar;
}
