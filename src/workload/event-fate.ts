import type { FrameStore } from '../wire/frame-store.ts';

/**
 * How an event that was written has ended: OK true and new; OK true as a duplicate; refused because there is a newer
 * version of it; refused otherwise, or never answered.
 */
export type EventOutcome = 'accepted' | 'duplicate' | 'superseded' | 'failed';

/** Told about the life of each event that is published. */
export interface EventFate {
  /**
   * The event in `slot` of `store` was written; its topic stands in the tag of the slot.
   * @param scheduledNs monotonic
   * @param startedNs monotonic
   */
  onSent(store: FrameStore, slot: number, scheduledNs: number, startedNs: number): void;
  /** @param number of its arrival */
  onEnded(number: number, outcome: EventOutcome): void;
}

/** One that tells all of them; null where there are none. */
export function allFates(fates: readonly EventFate[]): EventFate | null {
  const [first = null, ...others] = fates;
  if (others.length === 0) return first;
  return {
    onSent: (store, slot, scheduledNs, startedNs) => {
      for (const fate of fates) fate.onSent(store, slot, scheduledNs, startedNs);
    },
    onEnded: (number, outcome) => {
      for (const fate of fates) fate.onEnded(number, outcome);
    },
  };
}
