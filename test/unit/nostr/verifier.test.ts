import { describe, expect, it } from 'vitest';
import { verifierText } from '../../../src/base/verifier-choice.ts';
import { verifiesSchnorr } from '../../../src/nostr/schnorr.ts';
import { loadNativeSchnorr, type NativeSchnorr } from '../../../src/nostr/schnorr-native.ts';
import { openVerifier } from '../../../src/nostr/verifier.ts';

const verifies = (): boolean => true;
const there = (): NativeSchnorr => ({ ok: true, library: 'libsecp256k1.so.1', verifies });
const absent = (missing: 'koffi' | 'libsecp256k1') => (): NativeSchnorr => ({
  ...{ ok: false, missing, problem: `${missing} is not there` },
});

describe('the choice of what checks signatures', () => {
  it.each(['auto', 'native'] as const)('%s is the native library where it is there', (choice) => {
    const wanted = { kind: 'native', library: 'libsecp256k1.so.1', reason: null, verifies };
    expect(openVerifier(choice, there)).toEqual(wanted);
  });

  it('auto is WebAssembly where it is not, and says why', () => {
    expect(openVerifier('auto', absent('libsecp256k1'))).toEqual({
      ...{ kind: 'wasm', library: null, reason: 'libsecp256k1 is not there', verifies: verifiesSchnorr },
    });
  });

  it('wasm is WebAssembly and looks for nothing', () => {
    const never = (): never => {
      throw new Error('looked for the library');
    };
    expect(openVerifier('wasm', never)).toMatchObject({ kind: 'wasm', reason: null });
  });

  it.each([
    ['libsecp256k1', 'stack install'],
    ['koffi', '--omit=optional'],
  ] as const)('native is refused without %s, with what to do about it', (missing, hint) => {
    const wanted = { code: 'VERIFIER_UNAVAILABLE', exitCode: 3, hint: expect.stringContaining(hint) };
    expect(() => openVerifier('native', absent(missing))).toThrow(
      expect.objectContaining({ ...wanted, message: expect.stringContaining(`${missing} is not there`) }),
    );
  });

  it('finds on this machine what is there, or names what is not', () => {
    const found = loadNativeSchnorr();
    const { kind, library, reason } = openVerifier('auto');
    expect({ kind, library, reason }).toEqual(
      found.ok
        ? { kind: 'native', library: found.library, reason: null }
        : { kind: 'wasm', library: null, reason: found.problem },
    );
  });
});

describe('what checks signatures, in words', () => {
  it.each([
    [{ kind: 'native', library: 'libsecp256k1.so.1', reason: null }, 'libsecp256k1.so.1 (native)'],
    [{ kind: 'wasm', library: null, reason: null }, 'WebAssembly'],
    [{ kind: 'wasm', library: null, reason: 'no koffi' }, 'WebAssembly: no koffi'],
  ] as const)('%j is %s', (inUse, text) => {
    expect(verifierText(inUse)).toBe(text);
  });
});
