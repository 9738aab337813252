import type { VerifierInUse } from '../../base/verifier-choice.ts';
import { openVerifier } from '../../nostr/verifier.ts';
import { receivesEvents } from '../../plan/each-workload.ts';
import type { Plan } from '../../plan/plan.ts';

/**
 * What checks the signatures of events that come; found out here, so that every worker has the same. Null where nothing does.
 * @throws RelayBenchError `VERIFIER_UNAVAILABLE`
 */
export function verifierFor(plan: Plan): VerifierInUse | null {
  if (!receivesEvents(plan) || plan.verifyShare === 0) return null;
  const { kind, library, reason } = openVerifier(plan.verifier);
  return { kind, library, reason };
}
