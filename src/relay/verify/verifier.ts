import type { NostrEvent } from '../../nostr/event.ts';
import type { Sender } from './sender.ts';

/** `overloaded`: too many events waited, of this sender or of all, and the signature was not looked at. */
export type Verdict = 'valid' | 'invalid' | 'overloaded';

/** Checks the signatures of events whose shape and id are right. */
export interface Verifier {
  /** At once where nothing has to be computed; rejects only when the verifier itself has failed. */
  verify(event: NostrEvent, sender: Sender): Verdict | Promise<Verdict>;
  /** Events waiting for a thread. */
  readonly queueDepth: number;
  close(): Promise<void>;
}

/** Accepts every signature: for benchmarks of everything else. */
export const trustingVerifier: Verifier = {
  verify: () => 'valid',
  queueDepth: 0,
  close: () => Promise.resolve(),
};
