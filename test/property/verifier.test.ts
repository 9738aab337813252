import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type VerifySchnorr, verifiesSchnorr } from '../../src/nostr/schnorr.ts';
import { loadNativeSchnorr } from '../../src/nostr/schnorr-native.ts';
import { bip340Vectors, forged, signed, spoiled } from '../support/bip340.ts';

/**
 * What is there of the two kinds. The library is no must for the tests of this folder: `test/e2e/verifier.test.ts`, whose
 * set-up installs it, asks the same of both.
 */
const native = loadNativeSchnorr();
const kinds: readonly (readonly [string, VerifySchnorr])[] = [
  ['WebAssembly', verifiesSchnorr],
  ...(native.ok ? [[native.library, native.verifies] as const] : []),
];

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
/** Below the order of the curve, and not zero. */
const secrets = bytes32.map((bytes) => Buffer.concat([Buffer.from([0x01]), bytes.subarray(1)]));

describe.each(kinds)('a signature, checked by %s', (_name, verifies) => {
  test.each(bip340Vectors())('is right or wrong as BIP-340 has it: vector $name', (vector) => {
    expect(verifies(vector.hash, vector.pubkey, vector.signature)).toBe(vector.isRight);
  });

  test('is right, and wrong once a bit of anything is changed', () => {
    fc.assert(
      fc.property(secrets, bytes32, fc.nat(1_023), (secret, hash, bit) => {
        const right = signed(secret, hash);
        const wrong = spoiled(right, bit);
        expect(verifies(right.hash, right.pubkey, right.signature)).toBe(true);
        expect(verifies(wrong.hash, wrong.pubkey, wrong.signature)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is wrong where nobody has signed', () => {
    const accepted = Array.from({ length: 1_000 }, forged).filter((each) =>
      verifies(each.hash, each.pubkey, each.signature),
    );
    expect(accepted).toEqual([]);
  });
});
