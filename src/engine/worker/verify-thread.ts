/** Verifies received events away from the thread that keeps time: a signature takes 0.05 to 0.3 ms. */
import { parentPort, workerData } from 'node:worker_threads';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { checkProofs } from '../../nostr/proofs.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import { openVerifier } from '../../nostr/verifier.ts';
import type { OfferedEvent, Verification, Verified } from './verifier.ts';

const { verifies } = openVerifier(workerData as VerifierChoice);

parentPort?.on('message', (offered: OfferedEvent) => {
  const outcome = verified(offered.frame);
  const verification: Verification = { verified: outcome, invalid: outcome === 'invalid' ? offered : null };
  parentPort?.postMessage(verification);
});

/** Whether the event of this message, or this event, is well-formed and its id and signature are right (NIP-01). */
function verified(message: Uint8Array): Verified {
  const event = receivedEvent(message);
  const proofs = event === null ? 'wrong-id' : checkProofs(event, { verifies });
  return proofs === 'valid' || proofs === 'valid-verbatim' ? proofs : 'invalid';
}
