import { isXOnlyPoint, verifySchnorr } from 'tiny-secp256k1';

/**
 * Whether a signature is right (BIP-340). Never throws.
 * @param hash the 32 bytes that were signed
 * @param pubkey 32 bytes: the x of a point of the curve, or the signature is wrong
 * @param signature 64 bytes
 */
export type VerifySchnorr = (hash: Uint8Array, pubkey: Uint8Array, signature: Uint8Array) => boolean;

/** Public keys that are known to be points of the curve, forgotten together when they are so many. */
const POINTS_MAX = 20_000;
let points = new Set<string>();

/**
 * Whether 32 bytes are a public key: the x of a point of the curve, which half of all numbers are. The library has to be
 * asked before it verifies: where it finds out while it verifies, it throws, and what it had on its stack then stays there
 * until the stack is full, after some 7,000 such keys. From then on it fails for every signature.
 */
function isPoint(pubkey: Uint8Array): boolean {
  const key = Buffer.from(pubkey.buffer, pubkey.byteOffset, pubkey.byteLength).toString('latin1');
  if (points.has(key)) return true;
  if (!isXOnlyPoint(pubkey)) return false;
  if (points.size >= POINTS_MAX) points = new Set();
  points.add(key);
  return true;
}

/** In WebAssembly, which works wherever Node.js does. */
export const verifiesSchnorr: VerifySchnorr = (hash, pubkey, signature) => {
  try {
    return isPoint(pubkey) && verifySchnorr(hash, pubkey, signature);
  } catch {
    // A number of the signature is out of range.
    return false;
  }
};
