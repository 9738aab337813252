import { createHash } from 'node:crypto';
import { verifySchnorr } from 'tiny-secp256k1';
import { describe, expect, test } from 'vitest';
import { ThrowawayKeys } from '../../../src/corpus/keys.ts';
import { NonceTable } from '../../../src/corpus/nonce-table.ts';
import { NonceTableSigner } from '../../../src/corpus/signer.ts';

const keys = new ThrowawayKeys({ seed: 3, label: 'test', count: 20 });
const nonces = new NonceTable(3, 256);
const signer = new NonceTableSigner(keys, nonces);

function idOf(i: number): Buffer {
  return createHash('sha256').update(`message ${i}`).digest();
}

describe('the nonce-table signer', () => {
  test('makes BIP-340 signatures with every nonce, those with leading zeros included', () => {
    let withLeadingZero = 0;
    for (let i = 0; i < 1_024; i++) {
      const id = idOf(i);
      const signature = signer.sign(i % 20, i % 256, id.toString('latin1'));
      expect(signature).toMatch(/^[0-9a-f]{128}$/);
      if (signature[64] === '0') withLeadingZero++;
      const key = Buffer.from(keys.publicKeys[i % 20] ?? '', 'hex');
      expect(verifySchnorr(id, key, Buffer.from(signature, 'hex'))).toBe(true);
    }
    expect(withLeadingZero).toBeGreaterThan(0);
  });

  test('gives one signature for one key, nonce and id', () => {
    const again = new NonceTableSigner(keys, new NonceTable(3, 256));
    const id = idOf(1).toString('latin1');
    expect(again.sign(4, 9, id)).toBe(signer.sign(4, 9, id));
  });
});

describe('the nonce table', () => {
  test('has no nonce twice', () => {
    expect(new Set(nonces.xHex).size).toBe(256);
  });

  test('is only made in sizes that are powers of two', () => {
    expect(() => new NonceTable(1, 100)).toThrow(RangeError);
  });
});
