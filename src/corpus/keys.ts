import { createShortScalars, type ShortScalar } from './short-scalars.ts';

/** What a set of throwaway keys is derived from. */
export interface ThrowawayKeysSpec {
  /** Any safe integer; the same seed and label give the same keys on every machine. */
  readonly seed: number;
  /** Names the use; different labels give unrelated keys. */
  readonly label: string;
  readonly count: number;
}

/**
 * Key pairs for the events of a run: valid BIP-340 keys, all distinct, deterministic.
 *
 * **Throwaway only.** The secrets follow from the seed, which stands in every run record: they are public
 * knowledge. The one way to make a set is from a seed, so no key of a person can ever get in here and from
 * here into the nonce-table signer.
 */
export class ThrowawayKeys {
  /** Lower-case hex of the x-only public keys (BIP-340), 64 characters each. */
  readonly publicKeys: readonly string[];
  readonly #scalars: readonly ShortScalar[];

  constructor({ seed, label, count }: ThrowawayKeysSpec) {
    this.#scalars = createShortScalars(['keys', seed, label], count);
    this.publicKeys = this.#scalars.map((scalar) => scalar.xHex);
  }

  get count(): number {
    return this.publicKeys.length;
  }

  /** The secret scalars, in the order of the public keys; all below 2^64, their points with an even y. */
  secretScalars(): readonly bigint[] {
    return this.#scalars.map((scalar) => scalar.scalar);
  }
}
