import { Worker } from 'node:worker_threads';
import type { SampleSink } from '../../workload/sample-sink.ts';
import { UnderWay } from './under-way.ts';

/** Verifications under way; a relay that sends more than the thread can verify has fewer of its events verified. */
const MOST_WAITING = 256;
const END_TIMEOUT_MS = 2_000;

/** `valid-verbatim`: right, but its id is the hash of control characters verbatim (NIP-01 to the letter). */
export type Verified = 'valid' | 'valid-verbatim' | 'invalid';

/** Counts the outcome of a verification. */
export function countVerified(sink: Pick<SampleSink, 'count'>, phase: number, verified: Verified): void {
  sink.count(phase, 'events_verified');
  if (verified === 'invalid') sink.count(phase, 'events_invalid');
  if (verified === 'valid-verbatim') sink.count(phase, 'events_verbatim_id');
}

export interface VerifierOptions {
  /** Share of events to verify, 0..1. */
  readonly share: number;
  /** Told the outcome of each verification. */
  readonly onVerified: (verified: Verified) => void;
}

/**
 * Verifies a sample of the received events on a thread of its own, at a bounded cost: every event of a relay that
 * sends forged ones can't be verified in passing, but a relay that forges at all is found out.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #thread: Worker | null;
  #credit = 0;
  readonly #underWay = new UnderWay(MOST_WAITING);

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#thread = options.share === 0 ? null : new Worker(new URL('./verify-thread.js', import.meta.url));
    this.#thread?.on('message', (verified: Verified) => this.#verified(verified));
    // A thread that waits must not keep the process.
    this.#thread?.unref();
  }

  /** Offer a received event; every (1 / share)-th is verified. `frame` is copied if it is needed. */
  offer(frame: Buffer): void {
    this.#credit += this.#options.share;
    if (this.#credit < 1) return;
    this.#credit -= 1;
    if (this.#thread === null || !this.#underWay.begin()) return;
    this.#thread.postMessage(Uint8Array.from(frame));
  }

  /** Wait for the verifications under way, then end. */
  async end(): Promise<void> {
    await this.#underWay.idle(END_TIMEOUT_MS);
    await this.#thread?.terminate();
  }

  #verified(verified: Verified): void {
    this.#options.onVerified(verified);
    this.#underWay.ended();
  }
}
