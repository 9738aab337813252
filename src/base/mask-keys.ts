/**
 * An event id or a public key, whole or as much of it as a run keeps (16 hex digits), and what NIP-19 makes of them. Names of
 * runs (UUIDs) have no so long row of digits.
 */
const KEYS = /[0-9a-f]{16,}|n(?:pub|sec|ote|event|profile|addr|relay)1[02-9ac-hj-np-z]{8,}/gi;

/** A text without event ids and keys, each of them replaced by `***`; for labels, of which monitoring systems keep every value. */
export function maskKeys(text: string): string {
  return text.replace(KEYS, '***');
}
