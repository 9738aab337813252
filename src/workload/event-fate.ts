import type { FrameStore } from '../wire/frame-store.ts';

/**
 * How an event that was written has ended: OK true and new; OK true as a duplicate; refused because there is a newer
 * version of it; refused otherwise, or never answered.
 */
export type EventOutcome = 'accepted' | 'duplicate' | 'superseded' | 'failed';

/** Why an event failed. No prefix of a relay has a blank in it, so that what is said of silence can't be one. */
export type FailureReason = string;
/** There was no answer in time. */
export const NO_ANSWER: FailureReason = 'no answer';
/** The connection was lost before the answer came. */
export const CONNECTION_LOST: FailureReason = 'connection lost';

/** Whether the relay has said so itself. */
export function isAnswer(reason: FailureReason): boolean {
  return reason !== NO_ANSWER && reason !== CONNECTION_LOST;
}

/** Told about the life of each event that is published. */
export interface EventFate {
  /**
   * The event in `slot` of `store` was written; its topic stands in the tag of the slot.
   * @param scheduledNs monotonic
   * @param startedNs monotonic
   */
  onSent(store: FrameStore, slot: number, scheduledNs: number, startedNs: number): void;
  /**
   * @param number of its arrival
   * @param reason of a failure: the prefix of the refusal (NIP-01), or why there was no answer; empty otherwise
   */
  onEnded(number: number, outcome: EventOutcome, reason: FailureReason): void;
  /** What had ended without an answer is answered after all. */
  onLate?(number: number, outcome: EventOutcome, reason: FailureReason): void;
}

/** One that tells all of them; null where there are none. */
export function allFates(fates: readonly EventFate[]): EventFate | null {
  const [first = null, ...others] = fates;
  if (others.length === 0) return first;
  return {
    onSent: (store, slot, scheduledNs, startedNs) => {
      for (const fate of fates) fate.onSent(store, slot, scheduledNs, startedNs);
    },
    onEnded: (number, outcome, reason) => {
      for (const fate of fates) fate.onEnded(number, outcome, reason);
    },
    onLate: (number, outcome, reason) => {
      for (const fate of fates) fate.onLate?.(number, outcome, reason);
    },
  };
}
