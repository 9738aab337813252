import { Worker } from 'node:worker_threads';
import { onThreadLoss } from '../../base/ends.ts';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { type SubscriptionId, subscriptionText } from '../../wire/subscription-id.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';
import { UnderWay } from '../../workload/under-way.ts';

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

/** A received event, and where it came. */
export interface OfferedEvent {
  readonly connection: number;
  readonly subscription: string;
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** What the thread says of an offered event; the event itself only where it is not valid. */
export interface Verification {
  readonly verified: Verified;
  readonly invalid: OfferedEvent | null;
}

export interface VerifierOptions {
  /** Share of events to verify, 0..1. */
  readonly share: number;
  /** What checks signatures; the worker ends where it can't. */
  readonly choice: VerifierChoice;
  /** Told the outcome of each verification, and the event where it is not valid. */
  readonly onVerified: (verified: Verified, invalid: OfferedEvent | null) => void;
}

/**
 * Where few events come a small share finds too little: so many are verified in each slice of time all the same, where
 * any are. A hundred a second find a relay of whose events one in a hundred is wrong within some seconds, and cost 2 %
 * of a core.
 */
const LEAST_PER_SLICE = 10;
const SLICE_MS = 100;

/**
 * Verifies a sample of the received events on a thread of its own, at a bounded cost: every event of a relay that
 * sends forged ones can't be verified in passing, but a relay that forges at all is found out.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #thread: Worker | null;
  readonly #timer: NodeJS.Timeout | undefined;
  #credit = 0;
  /** Events of this slice that are verified whatever the share says. */
  #least = LEAST_PER_SLICE;
  readonly #underWay = new UnderWay(MOST_WAITING);
  #unwatch: () => void = () => undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#thread = options.share === 0 ? null : this.#startThread();
    if (this.#thread !== null) this.#timer = setInterval(() => this.#beginSlice(), SLICE_MS).unref();
  }

  /**
   * Offer a received event; every (1 / share)-th is verified, and the first ones of each slice of time. `frame` is
   * copied if it is needed.
   */
  offer(connection: number, { letter, sequence }: SubscriptionId, frame: Buffer): void {
    this.#credit += this.#options.share;
    if (this.#credit >= 1) this.#credit -= 1;
    else if (this.#least > 0) this.#least -= 1;
    else return;
    if (this.#thread === null || !this.#underWay.begin()) return;
    const subscription = subscriptionText(letter, sequence);
    const offered: OfferedEvent = { connection, subscription, frame: Uint8Array.from(frame) };
    this.#thread.postMessage(offered);
  }

  /** Wait for the verifications under way, then end. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underWay.idle(END_TIMEOUT_MS);
    this.#unwatch();
    await this.#thread?.terminate();
  }

  #beginSlice(): void {
    this.#least = LEAST_PER_SLICE;
  }

  #startThread(): Worker {
    const thread = new Worker(new URL('./verify-thread.js', import.meta.url), {
      workerData: this.#options.choice,
    });
    thread.on('message', (verification: Verification) => this.#verified(verification));
    // Nothing would be verified any more and nobody would know: the worker ends and is told as lost.
    this.#unwatch = onThreadLoss(thread, (error) => {
      throw error;
    });
    // A thread that waits must not keep the process.
    thread.unref();
    return thread;
  }

  #verified({ verified, invalid }: Verification): void {
    this.#options.onVerified(verified, invalid);
    this.#underWay.ended();
  }
}
