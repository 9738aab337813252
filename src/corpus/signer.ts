import { createHash, hash } from 'node:crypto';
import type { ThrowawayKeys } from './keys.ts';
import type { NonceTable } from './nonce-table.ts';
import { ORDER } from './secp256k1.ts';

/** Layout of the challenge: SHA-256 of the tag twice (BIP-340 tagged hash), R.x, the public key, the message. */
const R_AT = 64;
const KEY_AT = 96;
const MESSAGE_AT = 128;
const CHALLENGE_BYTES = 160;

/**
 * Signs event ids by BIP-340 with precomputed nonces: signature = (R.x, k + e·d mod n), where
 * e = tagged hash of R.x, public key and id. One SHA-256 and one multiplication instead of a point
 * multiplication: about 1 µs.
 *
 * Only for the throwaway keys of a run, see `NonceTable`: the type admits no other keys. A user's key is
 * signed by nostr-tools.
 */
export class NonceTableSigner {
  readonly #challenge = Buffer.alloc(CHALLENGE_BYTES);
  readonly #keyBytes: Buffer;
  readonly #secrets: readonly bigint[];
  readonly #nonces: NonceTable;

  constructor(keys: ThrowawayKeys, nonces: NonceTable) {
    const tag = createHash('sha256').update('BIP0340/challenge').digest();
    tag.copy(this.#challenge, 0);
    tag.copy(this.#challenge, 32);
    this.#keyBytes = Buffer.from(keys.publicKeys.join(''), 'hex');
    this.#secrets = keys.publicKeys.map((_, index) => keys.secretScalar(index));
    this.#nonces = nonces;
  }

  /**
   * The signature of an event id as 128 hex characters.
   * @param key index into the keys
   * @param nonce index into the nonce table
   * @param id the 32 bytes of the id, one character (0–255) a byte
   */
  sign(key: number, nonce: number, id: string): string {
    return `${this.#nonces.xHex[nonce]}${this.signScalar(key, nonce, id)}`;
  }

  /** The second half of the signature alone, 64 hex characters; the first is `xHex[nonce]` of the table. */
  signScalar(key: number, nonce: number, id: string): string {
    const challenge = this.#challenge;
    const { xBytes, scalars } = this.#nonces;
    for (let i = 0; i < 32; i++) {
      challenge[R_AT + i] = xBytes[nonce * 32 + i] as number;
      challenge[KEY_AT + i] = this.#keyBytes[key * 32 + i] as number;
      challenge[MESSAGE_AT + i] = id.charCodeAt(i);
    }
    const e = BigInt(`0x${hash('sha256', challenge, 'hex')}`);
    const s = ((scalars[nonce] as bigint) + e * (this.#secrets[key] as bigint)) % ORDER;
    return s.toString(16).padStart(64, '0');
  }
}
