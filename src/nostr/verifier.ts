import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { VerifierChoice, VerifierInUse } from '../base/verifier-choice.ts';
import { type VerifySchnorr, verifiesSchnorr } from './schnorr.ts';
import { loadNativeSchnorr, type NativeSchnorr } from './schnorr-native.ts';

/** What checks signatures in this thread; each thread opens its own. */
export interface SchnorrVerifier extends VerifierInUse {
  readonly verifies: VerifySchnorr;
}

/**
 * Opens what checks signatures. Both kinds say the same of every signature; the native one takes a fraction of the time (`bench/verifier.mjs`).
 * @throws RelayBenchError `VERIFIER_UNAVAILABLE` (exit 3) where the native one is asked for and can't be loaded
 */
export function openVerifier(
  choice: VerifierChoice,
  load: () => NativeSchnorr = loadNativeSchnorr,
): SchnorrVerifier {
  if (choice === 'wasm') return { kind: 'wasm', library: null, reason: null, verifies: verifiesSchnorr };
  const native = load();
  if (native.ok) {
    const { library, verifies } = native;
    return { kind: 'native', library, reason: null, verifies };
  }
  if (choice === 'auto') {
    return { kind: 'wasm', library: null, reason: native.problem, verifies: verifiesSchnorr };
  }
  throw new RelayBenchError(`signatures can't be checked natively: ${native.problem}`, {
    code: 'VERIFIER_UNAVAILABLE',
    hint: `${adviceFor(native.missing)}, or take --verifier auto`,
    exitCode: EXIT.unreachable,
  });
}

/** What to do where something is missing. */
export function adviceFor(missing: 'koffi' | 'libsecp256k1'): string {
  return missing === 'koffi'
    ? 'install relay-bench with its optional dependencies (npm ci without --omit=optional)'
    : 'run `relay-bench stack install`';
}
