/** What can check signatures: `native` is the library libsecp256k1 of the system, `wasm` comes with this package. */
export const VERIFIER_KINDS = ['native', 'wasm'] as const;
export type VerifierKind = (typeof VERIFIER_KINDS)[number];

/** What may be asked for; `auto` takes the native one where it can be loaded. */
export const VERIFIER_CHOICES = ['auto', ...VERIFIER_KINDS] as const;
export type VerifierChoice = (typeof VERIFIER_CHOICES)[number];

/** What checks signatures, for whoever reads about it. */
export interface VerifierInUse {
  readonly kind: VerifierKind;
  /** The library as the system names it, such as `libsecp256k1.so.1`; null for WebAssembly. */
  readonly library: string | null;
  /** Why it is not the native one although that was not ruled out; null otherwise. */
  readonly reason: string | null;
}

/** In a few words, for example `libsecp256k1.so.1 (native)`. */
export function verifierText({ library, reason }: VerifierInUse): string {
  if (library !== null) return `${library} (native)`;
  return reason === null ? 'WebAssembly' : `WebAssembly: ${reason}`;
}
