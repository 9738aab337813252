import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';

/** A signature and whether it is right. */
export interface SignatureCase {
  readonly name: string;
  readonly hash: Buffer;
  readonly pubkey: Buffer;
  readonly signature: Buffer;
  readonly isRight: boolean;
}

/** The test vectors of BIP-340. */
export function bip340Vectors(): SignatureCase[] {
  const text = readFileSync(new URL('../fixtures/bip340.csv', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.slice(1).map((line, index) => {
    const [pubkey = '', hash = '', signature = '', result = '', comment = ''] = line.split(',');
    return {
      name: `${index} ${comment}`.trim(),
      ...{ hash: hex(hash), pubkey: hex(pubkey), signature: hex(signature) },
      isRight: result === 'TRUE',
    };
  });
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

/** Signs a hash with a secret key of 32 bytes, below the order of the curve and not zero. */
export function signed(secret: Buffer, hash: Buffer): SignatureCase {
  const pubkey = Buffer.from(xOnlyPointFromScalar(secret));
  const signature = Buffer.from(signSchnorr(hash, secret));
  return { name: 'signed', hash, pubkey, signature, isRight: true };
}

/** The same with one bit changed of what was signed (0..255), of the key (256..511) or of the signature (512..1023). */
export function spoiled(right: SignatureCase, bit: number): SignatureCase {
  const bytes = Buffer.concat([right.hash, right.pubkey, right.signature]);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return {
    name: `bit ${bit}`,
    ...{ hash: bytes.subarray(0, 32), pubkey: bytes.subarray(32, 64), signature: bytes.subarray(64) },
    isRight: false,
  };
}

/** Bytes that nobody has signed. */
export function forged(): SignatureCase {
  const [hash, pubkey, signature] = [randomBytes(32), randomBytes(32), randomBytes(64)];
  return { name: 'random bytes', hash, pubkey, signature, isRight: false };
}
