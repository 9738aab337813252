import { describe, expect, it } from 'vitest';
import { type ForeignInterface, loadNativeSchnorr } from '../../../src/nostr/schnorr-native.ts';
import { bip340Vectors } from '../../support/bip340.ts';

/** Vector 1 is what a library is tried with. */
const KNOWN = bip340Vectors()[1];

type Answers = (signature: Buffer) => boolean;

/** A koffi that finds one library, whose verification answers so. */
function koffiWith(name: string, answers: Answers, missing = ''): () => ForeignInterface {
  const functions: Record<string, (...args: readonly unknown[]) => unknown> = {
    secp256k1_context_create: () => 1n,
    secp256k1_xonly_pubkey_parse: () => 1,
    secp256k1_schnorrsig_verify: (_context, signature) => Number(answers(signature as Buffer)),
  };
  return () => ({
    load: (library) => {
      if (library !== name) throw new Error(`cannot open ${library}`);
      return {
        func: (definition) => {
          const found = Object.keys(functions).find((each) => each !== missing && definition.includes(each));
          const called = found === undefined ? undefined : functions[found];
          if (called === undefined) throw new Error(`no such function: ${definition}`);
          return called;
        },
      };
    },
  });
}

const isKnown: Answers = (signature) => KNOWN?.signature.equals(signature) === true;

describe('the library that checks signatures', () => {
  it('is the first of its names that can be loaded', () => {
    const libraries = ['lib.so.2', 'lib.so.1'];
    const native = loadNativeSchnorr({ koffi: koffiWith('lib.so.1', isKnown), libraries });
    expect(native).toMatchObject({ ok: true, library: 'lib.so.1' });
  });

  it('is told as missing where none can be', () => {
    const native = loadNativeSchnorr({ koffi: koffiWith('other', isKnown), libraries: ['lib.so.1'] });
    expect(native).toEqual({
      ...{ ok: false, missing: 'libsecp256k1', problem: 'libsecp256k1 is not installed, or too old' },
    });
  });

  it('is of no use without koffi, and the first line of why is told', () => {
    const koffi = (): never => {
      throw new Error("Cannot find module 'koffi'\nRequire stack: …");
    };
    expect(loadNativeSchnorr({ koffi, libraries: ['lib.so.1'] })).toEqual({
      ...{ ok: false, missing: 'koffi' },
      problem: "koffi can't be loaded (Cannot find module 'koffi')",
    });
  });

  it.each([['secp256k1_schnorrsig_verify'], ['secp256k1_xonly_pubkey_parse'], ['secp256k1_context_create']])(
    'is of no use without %s',
    (missing) => {
      const koffi = koffiWith('lib.so.1', isKnown, missing);
      expect(loadNativeSchnorr({ koffi, libraries: ['lib.so.1'] })).toMatchObject({
        problem: 'lib.so.1 was built without the module schnorrsig',
      });
    },
  );

  it.each([
    ['takes every signature for right', () => true],
    ['takes every signature for wrong', () => false],
  ])('is not used where it %s', (_name, answers) => {
    const native = loadNativeSchnorr({ koffi: koffiWith('lib.so.1', answers), libraries: ['lib.so.1'] });
    expect(native).toMatchObject({ ok: false, problem: 'lib.so.1 gives wrong answers' });
  });

  it.each([
    ['hash', 31, 32, 64],
    ['key', 32, 33, 64],
    ['signature', 32, 32, 63],
  ])('is never given a %s of another length, beyond which it would read', (_name, hash, key, signature) => {
    let calls = 0;
    const counted: Answers = (bytes) => {
      calls++;
      return isKnown(bytes);
    };
    const native = loadNativeSchnorr({ koffi: koffiWith('lib.so.1', counted), libraries: ['lib.so.1'] });
    const before = calls;
    const verifies = native.ok ? native.verifies : null;
    expect(verifies?.(Buffer.alloc(hash), Buffer.alloc(key), Buffer.alloc(signature))).toBe(false);
    expect(calls).toBe(before);
  });
});
