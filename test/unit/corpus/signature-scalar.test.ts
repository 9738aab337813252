import { describe, expect, test } from 'vitest';
import { ORDER } from '../../../src/corpus/secp256k1.ts';
import { SignatureScalars } from '../../../src/corpus/signature-scalar.ts';

function solve(d: bigint, k: bigint, e: bigint): bigint {
  const scalars = new SignatureScalars([d], [k]);
  scalars.compute(0, 0, Buffer.from(e.toString(16).padStart(64, '0'), 'hex').toString('latin1'));
  return BigInt(`0x${Buffer.from(scalars.bytes).toString('hex')}`);
}

const SHORT_MAX = 2n ** 64n - 1n;
const HASH_MAX = 2n ** 256n - 1n;

describe('the scalar of a signature', () => {
  test.each([
    ['one below the order', 1n, 4n, ORDER - 5n],
    ['the order itself', 1n, 5n, ORDER - 5n],
    ['one above the order', 1n, 6n, ORDER - 5n],
    ['one below 2^256', 1n, 0n, HASH_MAX],
    ['2^256', 1n, 1n, HASH_MAX],
    ['far above 2^256', SHORT_MAX, SHORT_MAX, HASH_MAX],
    ['a multiple of the order', 3n, 0n, ORDER],
    ['zero', 1n, 0n, 0n],
    ['small', 2n, 3n, 5n],
    ['all ones above bit 152, below the order', 1n, 0n, ORDER - 2n ** 130n],
  ])('is reduced where the sum is %s', (_, d, k, e) => {
    expect(solve(d, k, e)).toBe((k + e * d) % ORDER);
  });

  test('picks the key and the nonce by index', () => {
    const scalars = new SignatureScalars([5n, 7n], [11n, 13n]);
    scalars.compute(1, 0, `${'\0'.repeat(31)}\x02`);
    expect(scalars.bytes[31]).toBe(11 + 2 * 7);
  });
});
