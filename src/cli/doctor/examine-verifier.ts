import type { NativeSchnorr } from '../../nostr/schnorr-native.ts';
import { adviceFor } from '../../nostr/verifier.ts';
import { installAdvice } from '../../stack/install.ts';
import type { MachineCheck } from './examine.ts';

/** Whether signatures can be checked natively; everything works without. @param path the PATH of a package manager */
export function examineVerifier(found: NativeSchnorr, path: string): MachineCheck {
  const name = 'signatures';
  if (found.ok) {
    return { verdict: 'ok', name, value: found.library, allows: 'checked natively' };
  }
  return {
    verdict: 'warning',
    name,
    value: 'WebAssembly',
    allows: `checked, but slower than natively: ${found.problem}`,
    advice: found.missing === 'koffi' ? adviceFor('koffi') : installAdvice(['libsecp256k1'], path),
  };
}
