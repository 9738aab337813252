import { hash } from 'node:crypto';
import { putDigits } from './ascii.ts';

/** Digits of a nonce: a hundred times what 20 bits of work need. */
export const NONCE_DIGITS = 10;

/**
 * Searches the nonce of an event so that its id begins with enough zero bits (NIP-13): 2^bits hashes on the average.
 * @param hashInput what the id is the hash of; the digits at `at` are searched
 * @param bits 0 … 32
 * @returns the 32 bytes of the id, one character (0–255) a byte
 */
export function mineNonce(hashInput: Uint8Array, at: number, bits: number): string {
  for (let nonce = 0; ; nonce++) {
    putDigits(hashInput, at, NONCE_DIGITS, nonce);
    const id = hash('sha256', hashInput, 'binary');
    if (Math.clz32(firstWord(id)) >= bits) return id;
  }
}

function firstWord(bytes: string): number {
  return (
    (bytes.charCodeAt(0) << 24) |
    (bytes.charCodeAt(1) << 16) |
    (bytes.charCodeAt(2) << 8) |
    bytes.charCodeAt(3)
  );
}
