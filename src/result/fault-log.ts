/** Something that a stack did about a fault by itself. */
export interface FaultNotice {
  /** Milliseconds after the start of the load at which it was seen. */
  readonly atMs: number;
  /** Such as `HAProxy gave it up`. */
  readonly text: string;
}

/** A fault of a run as it happened. Times in ms after the start of the load, warm-up included. */
export interface FaultLog {
  readonly action: string;
  /** As the scenario names the part. */
  readonly on: string;
  /** What that was then, as `stack status` names it. */
  readonly parts: readonly string[];
  readonly plannedMs: number;
  /** Null where it could not be done. */
  readonly struckMs: number | null;
  /** How long it was to last; null where it is over at once or lasts until the load has ended. */
  readonly forMs: number | null;
  /** When it was undone; null where nothing was to be undone, or that failed. */
  readonly undoneMs: number | null;
  /** What there is to say besides; null for nothing. */
  readonly detail: string | null;
  /** Why it could not be done or undone; null where it could. */
  readonly problem: string | null;
  readonly notices: readonly FaultNotice[];
}
