import { type Event, verifyEvent } from 'nostr-tools/pure';
import { idForm, type NostrEvent } from './event.ts';
import type { VerifySchnorr } from './schnorr.ts';

/**
 * What id and signature of an event prove (NIP-01, BIP-340). `valid-verbatim`: right, but the id is the hash of control
 * characters verbatim, as NIP-01 has it to the letter.
 */
export type Proofs = 'valid' | 'valid-verbatim' | 'wrong-id' | 'wrong-signature';

/** Somebody else's answer to whether id and signature are right. */
export type SecondOpinion = (event: NostrEvent) => boolean;

export interface ProofsOptions {
  /** What checks the signature, see `openVerifier`. */
  readonly verifies: VerifySchnorr;
  /** The text that the id is the hash of, where it is at hand. */
  readonly signed?: string;
  readonly secondOpinion?: SecondOpinion;
}

/**
 * Checks id and signature of an event whose shape was checked. Calling an event invalid accuses whoever sent it, so
 * nostr-tools is asked first: only what both find wrong is wrong. It is not asked of every event because it takes six
 * times as long (`bench/packages.mjs`).
 */
export function checkProofs(event: NostrEvent, options: ProofsOptions): Proofs {
  const { secondOpinion = askNostrTools } = options;
  const proofs = ownOpinion(event, options);
  const isRight = proofs === 'valid' || proofs === 'valid-verbatim';
  return isRight || !secondOpinion(event) ? proofs : 'valid';
}

function ownOpinion(event: NostrEvent, { signed, verifies }: ProofsOptions): Proofs {
  const form = idForm(event, signed);
  if (form === null) return 'wrong-id';
  if (!hasValidSignature(event, verifies)) return 'wrong-signature';
  return form === 'verbatim' ? 'valid-verbatim' : 'valid';
}

function hasValidSignature({ id, pubkey, sig }: NostrEvent, verifies: VerifySchnorr): boolean {
  return verifies(Buffer.from(id, 'hex'), Buffer.from(pubkey, 'hex'), Buffer.from(sig, 'hex'));
}

/** A copy, because nostr-tools writes on the event that it has verified it. */
function askNostrTools(event: NostrEvent): boolean {
  return verifyEvent({ ...event } as unknown as Event);
}
