import { createHash } from 'node:crypto';
import { verifySchnorr } from 'tiny-secp256k1';
import { describe, expect, test, vi } from 'vitest';
import { ThrowawayKeys } from '../../../src/corpus/keys.ts';
import { NonceTable } from '../../../src/corpus/nonce-table.ts';
import { NonceTableSigner } from '../../../src/corpus/signer.ts';

// Curve arithmetic takes longer than the default limit on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const keys = new ThrowawayKeys({ seed: 3, label: 'test', count: 20 });
const nonces = new NonceTable(3, 256);
const signer = new NonceTableSigner(keys, nonces);

function idOf(i: number): Buffer {
  return createHash('sha256').update(`message ${i}`).digest();
}

function sign(by: NonceTableSigner, key: number, nonce: number, id: Buffer): string {
  const target = Buffer.alloc(130, '#');
  by.select(key, nonce);
  by.sign(target, 1, id.toString('latin1'));
  expect(target.toString('latin1')).toMatch(/^#[0-9a-f]{128}#$/);
  return target.toString('latin1', 1, 129);
}

describe('the nonce-table signer', () => {
  test('makes BIP-340 signatures with every nonce, those with leading zeros included', () => {
    let withLeadingZero = 0;
    for (let i = 0; i < 1_024; i++) {
      const id = idOf(i);
      const signature = sign(signer, i % 20, i % 256, id);
      if (signature[64] === '0') withLeadingZero++;
      const key = Buffer.from(keys.publicKeys[i % 20] ?? '', 'hex');
      expect(verifySchnorr(id, key, Buffer.from(signature, 'hex'))).toBe(true);
    }
    expect(withLeadingZero).toBeGreaterThan(0);
  });

  test('signs for any of several signers in turn', () => {
    const other = new NonceTableSigner(new ThrowawayKeys({ seed: 4, label: 'test', count: 1 }), nonces);
    const expected = sign(signer, 1, 2, idOf(5));
    sign(other, 0, 7, idOf(6));
    expect(sign(signer, 1, 2, idOf(5))).toBe(expected);
  });

  test('gives one signature for one key, nonce and id', () => {
    const again = new NonceTableSigner(keys, new NonceTable(3, 256));
    expect(sign(again, 4, 9, idOf(1))).toBe(sign(signer, 4, 9, idOf(1)));
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
