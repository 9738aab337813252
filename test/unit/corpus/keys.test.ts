import { pointFromScalar } from 'tiny-secp256k1';
import { describe, expect, test, vi } from 'vitest';
import { ThrowawayKeys } from '../../../src/corpus/keys.ts';

// Curve arithmetic takes longer than the default limit on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const SPEC = { seed: 7, label: 'test', count: 600 };

describe('throwaway keys', () => {
  test('are distinct', () => {
    expect(new Set(new ThrowawayKeys(SPEC).publicKeys).size).toBe(600);
  });

  test('have secrets whose points are the public keys with an even y', () => {
    const keys = new ThrowawayKeys(SPEC);
    for (let index = 0; index < keys.count; index++) {
      const scalar = keys.secretScalars()[index] as bigint;
      const secret = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
      const point = Buffer.from(pointFromScalar(secret, true) ?? []).toString('hex');
      expect(point).toBe(`02${keys.publicKeys[index]}`);
    }
  });

  test('are the same on every machine', () => {
    expect(new ThrowawayKeys({ ...SPEC, count: 1 }).publicKeys).toEqual([
      '6491153ec5a80eade111484b0ecf093b0e7ade622ce06877f9182337b8360549',
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
});
