/** Verifies received events away from the thread that keeps time: a signature takes 0.2 ms. */
import { parentPort } from 'node:worker_threads';
import { checkProofs } from '../../nostr/proofs.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import type { OfferedEvent, Verification, Verified } from './verifier.ts';

parentPort?.on('message', (offered: OfferedEvent) => {
  const outcome = verified(offered.frame);
  const verification: Verification = { verified: outcome, invalid: outcome === 'invalid' ? offered : null };
  parentPort?.postMessage(verification);
});

/** Whether the event of this message, or this event, is well-formed and its id and signature are right (NIP-01). */
function verified(message: Uint8Array): Verified {
  const event = receivedEvent(message);
  const proofs = event === null ? 'wrong-id' : checkProofs(event);
  return proofs === 'valid' || proofs === 'valid-verbatim' ? proofs : 'invalid';
}
