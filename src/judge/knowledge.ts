import type { Advertised } from './advertised.ts';

/** What was known of the relay's state while it answered. Numbers are those of the corpus. */
export interface Knowledge {
  /** All events below were acknowledged in good time before the question, except those that {@link failed} names. */
  readonly certainBelow: number;
  /** No event from here on had been sent when the answer was complete. */
  readonly sentBelow: number;
  /** Whether the relay had no events of the corpus before this run. */
  readonly isFresh: boolean;
  /** Events that were refused or never acknowledged: nobody knows whether the relay has them. */
  readonly failed: ReadonlySet<number>;
  /** Whether the relay that was asked has been sent all events, not a part of them. */
  readonly isComplete: boolean;
  readonly advertised: Advertised;
}
