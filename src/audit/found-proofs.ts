import type { NostrEvent } from '../nostr/event.ts';
import { checkProofs } from '../nostr/proofs.ts';
import type { VerifySchnorr } from '../nostr/schnorr.ts';

/** Whether id and signature of an event are right. */
export type IsProven = (event: NostrEvent) => boolean;

/** By the NIPs. @param verifies what checks signatures */
export function provenBy(verifies: VerifySchnorr): IsProven {
  return (event) => {
    const proofs = checkProofs(event, { verifies });
    return proofs === 'valid' || proofs === 'valid-verbatim';
  };
}

/** After each so many that were verified only half as many of the following ones are: a long audit stays affordable. */
const FULL = 5_000;

/** What verifying events that came back has shown. */
export interface ProofsTally {
  /** Events that were verified. */
  readonly checked: number;
  /** Of them, those whose id or signature is wrong. */
  readonly wrong: number;
}

/** Verifies id and signature of a sample of the events that come back, spread over the audit. */
export class FoundProofs {
  readonly #isProven: IsProven;
  #seen = 0;
  /** Every so manieth is verified. */
  #step = 1;
  #checked = 0;
  #wrong = 0;

  constructor(isProven: IsProven) {
    this.#isProven = isProven;
  }

  get tally(): ProofsTally {
    return { checked: this.#checked, wrong: this.#wrong };
  }

  /** Looks at an event of a relay. @param forged ids of that relay's events that are wrong, which is kept up to date */
  look(event: NostrEvent, forged: Set<string>): void {
    const wasForged = forged.has(event.id);
    // What was wrong is always looked at again: it may have come right.
    if (!wasForged && this.#seen++ % this.#step !== 0) return;
    const isRight = this.#isProven(event);
    if (isRight) forged.delete(event.id);
    else forged.add(event.id);
    if (wasForged) return;
    this.#checked++;
    if (!isRight) this.#wrong++;
    if (this.#checked % FULL === 0) this.#step *= 2;
  }
}
