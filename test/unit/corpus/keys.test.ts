import { pointFromScalar } from 'tiny-secp256k1';
import { describe, expect, test } from 'vitest';
import { ThrowawayKeys } from '../../../src/corpus/keys.ts';

const SPEC = { seed: 7, label: 'test', count: 600 };

describe('throwaway keys', () => {
  test('are distinct', () => {
    expect(new Set(new ThrowawayKeys(SPEC).publicKeys).size).toBe(600);
  });

  test('have secrets whose points are the public keys with an even y', () => {
    const keys = new ThrowawayKeys(SPEC);
    // Every place in a block of batched additions: its ends, its centre, and the seams between blocks.
    for (const index of [0, 1, 127, 128, 129, 255, 256, 257, 258, 385, 513, 514, 599]) {
      const secret = Buffer.from(keys.secretScalar(index).toString(16).padStart(64, '0'), 'hex');
      const point = Buffer.from(pointFromScalar(secret, true) ?? []).toString('hex');
      expect(point).toBe(`02${keys.publicKeys[index]}`);
    }
  });

  test('are the same on every machine', () => {
    expect(new ThrowawayKeys({ ...SPEC, count: 1 }).publicKeys).toEqual([
      'de6f1b998951145ea88064bce396f5f5ec3466ce9f47b51ade7e668f192586d8',
    ]);
  });

  test('do not depend on how many are made', () => {
    const few = new ThrowawayKeys({ ...SPEC, count: 5 }).publicKeys;
    expect(new ThrowawayKeys(SPEC).publicKeys.slice(0, 5)).toEqual(few);
  });

  test('differ between seeds and between labels', () => {
    const first = (spec: { seed: number; label: string }) =>
      new ThrowawayKeys({ ...spec, count: 1 }).publicKeys[0];
    const keys = [first(SPEC), first({ ...SPEC, seed: 8 }), first({ ...SPEC, label: 'other' })];
    expect(new Set(keys).size).toBe(3);
  });

  test('refuse an index outside the set', () => {
    expect(() => new ThrowawayKeys({ ...SPEC, count: 2 }).secretScalar(2)).toThrow(RangeError);
  });
});
