import { createHash, hash } from 'node:crypto';
import { putHex } from './ascii.ts';
import type { ThrowawayKeys } from './keys.ts';
import type { NonceTable } from './nonce-table.ts';
import { SignatureScalars } from './signature-scalar.ts';

/** Layout of the challenge: SHA-256 of the tag twice (BIP-340 tagged hash), R.x, the public key, the id. */
const R_AT = 64;
const KEY_AT = 96;
const ID_AT = 128;
const CHALLENGE_BYTES = 160;
const ID_BYTES = 32;

/** The challenge being hashed; one for all signers, since signing is synchronous. The tag stays in place. */
const challenge = new Uint8Array(CHALLENGE_BYTES);
const challengeWords = new Uint32Array(challenge.buffer);
const tag = createHash('sha256').update('BIP0340/challenge').digest();
challenge.set(tag, 0);
challenge.set(tag, tag.length);

/**
 * Signs event ids by BIP-340 with precomputed nonces: signature = (R.x, k + e·d mod n), where
 * e = tagged hash of R.x, public key and id. One SHA-256 and one multiplication instead of a point
 * multiplication: about 1 µs.
 *
 * Only for the throwaway keys of a run, see `NonceTable`: the type admits no other keys. A user's key is
 * signed by nostr-tools.
 */
export class NonceTableSigner {
  readonly #keyWords: Uint32Array;
  readonly #nonceWords: Uint32Array;
  readonly #scalars: SignatureScalars;
  #key = 0;
  #nonce = 0;

  constructor(keys: ThrowawayKeys, nonces: NonceTable) {
    this.#keyWords = wordsOf(keys.publicKeys);
    this.#nonceWords = wordsOf(nonces.xHex);
    this.#scalars = new SignatureScalars(keys.secretScalars(), nonces.scalars);
  }

  /** Says which key and which nonce the following `sign` uses; indices into the keys and the table. */
  select(key: number, nonce: number): void {
    this.#key = key;
    this.#nonce = nonce;
  }

  /**
   * Writes the signature of an event id as 128 hex characters.
   * @param id the 32 bytes of the id, one character (0–255) a byte
   */
  sign(target: Uint8Array, at: number, id: string): void {
    for (let i = 0; i < ID_BYTES; i++) challenge[ID_AT + i] = id.charCodeAt(i);
    putEntry(R_AT, this.#nonceWords, this.#nonce);
    putEntry(KEY_AT, this.#keyWords, this.#key);
    putHex(target, at, challenge, R_AT);
    this.#scalars.compute(this.#key, this.#nonce, hash('sha256', challenge, 'binary'));
    putHex(target, at + 64, this.#scalars.bytes, 0);
  }
}

/** Copies the 32 bytes of entry `index` of a table into the challenge. */
function putEntry(at: number, table: Uint32Array, index: number): void {
  for (let i = 0; i < 8; i++) challengeWords[at / 4 + i] = table[index * 8 + i] as number;
}

/** Hex strings of 32 bytes each as words of memory. */
function wordsOf(hex: readonly string[]): Uint32Array {
  return new Uint32Array(Uint8Array.from(Buffer.from(hex.join(''), 'hex')).buffer);
}
