import { type Event, verifyEvent } from 'nostr-tools/pure';
import { idForm, type NostrEvent } from './event.ts';
import { verifiesSchnorr } from './schnorr.ts';

/**
 * What id and signature of an event prove (NIP-01, BIP-340). `valid-verbatim`: right, but the id is the hash of control
 * characters verbatim, as NIP-01 has it to the letter.
 */
export type Proofs = 'valid' | 'valid-verbatim' | 'wrong-id' | 'wrong-signature';

/** Somebody else's answer to whether id and signature are right. */
export type SecondOpinion = (event: NostrEvent) => boolean;

/**
 * Checks id and signature of an event whose shape was checked. Calling an event invalid accuses whoever sent it, so
 * nostr-tools is asked first: only what both find wrong is wrong. It is not asked of every event because it takes six
 * times as long (`bench/packages.mjs`).
 * @param signed the text that the id is the hash of, where it is at hand
 */
export function checkProofs(
  event: NostrEvent,
  signed?: string,
  secondOpinion: SecondOpinion = askNostrTools,
): Proofs {
  const proofs = ownOpinion(event, signed);
  const isRight = proofs === 'valid' || proofs === 'valid-verbatim';
  return isRight || !secondOpinion(event) ? proofs : 'valid';
}

function ownOpinion(event: NostrEvent, signed: string | undefined): Proofs {
  const form = idForm(event, signed);
  if (form === null) return 'wrong-id';
  if (!hasValidSignature(event)) return 'wrong-signature';
  return form === 'verbatim' ? 'valid-verbatim' : 'valid';
}

function hasValidSignature({ id, pubkey, sig }: NostrEvent): boolean {
  return verifiesSchnorr(Buffer.from(id, 'hex'), Buffer.from(pubkey, 'hex'), Buffer.from(sig, 'hex'));
}

/** A copy, because nostr-tools writes on the event that it has verified it. */
function askNostrTools(event: NostrEvent): boolean {
  return verifyEvent({ ...event } as unknown as Event);
}
