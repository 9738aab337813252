import { randomBytes } from 'node:crypto';
import { signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { describe, expect, it } from 'vitest';
import { verifiesSchnorr } from '../../../src/nostr/schnorr.ts';

const secret = Buffer.alloc(32, 7);
const pubkey = xOnlyPointFromScalar(secret);
const hash = Buffer.alloc(32, 9);
const signature = signSchnorr(hash, secret);
/** No point of the curve has this x. */
const NO_POINT = Buffer.alloc(32, 0xff);

describe('a signature (BIP-340)', () => {
  it('is right for what was signed, and for nothing else', () => {
    expect(verifiesSchnorr(hash, pubkey, signature)).toBe(true);
    expect(verifiesSchnorr(Buffer.alloc(32, 8), pubkey, signature)).toBe(false);
    expect(verifiesSchnorr(hash, xOnlyPointFromScalar(Buffer.alloc(32, 5)), signature)).toBe(false);
  });

  it.each([
    ['a key that is no point', NO_POINT, signature],
    ['a key of zeros', Buffer.alloc(32), signature],
    ['numbers out of range', pubkey, Buffer.alloc(64, 0xff)],
    ['zeros', pubkey, Buffer.alloc(64)],
  ])('is wrong for %s', (_name, key, wrong) => {
    expect(verifiesSchnorr(hash, key, wrong)).toBe(false);
  });

  it('is still verified after thousands of keys that are no points', () => {
    for (let i = 0; i < 20_000; i++) verifiesSchnorr(hash, randomBytes(32), signature);
    expect(verifiesSchnorr(hash, pubkey, signature)).toBe(true);
  });
});
