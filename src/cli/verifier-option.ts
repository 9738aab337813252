import { Option } from 'commander';
import {
  VERIFIER_CHOICES,
  type VerifierChoice,
  type VerifierInUse,
  verifierText,
} from '../base/verifier-choice.ts';
import { openVerifier } from '../nostr/verifier.ts';
import type { CommandHost } from './host.ts';

/** `--verifier`: what checks signatures. */
export function verifierOption(): Option {
  return new Option(
    '--verifier <kind>',
    'what checks signatures: native (libsecp256k1 of this system), wasm, or auto, which takes native where it is there',
  ).choices(VERIFIER_CHOICES);
}

/**
 * Tries what is asked for in this process, and says on stderr where it is WebAssembly although nobody asked for that.
 * @throws RelayBenchError `VERIFIER_UNAVAILABLE` (exit 3)
 */
export function chooseVerifier(choice: VerifierChoice, { io }: CommandHost): VerifierInUse {
  const inUse = openVerifier(choice);
  if (inUse.reason !== null) io.stderr.write(`signatures are checked by ${verifierText(inUse)}\n`);
  return inUse;
}
