/** Answers and errors of a run in short slices of time, one after the other from the start of the load. */
export interface Moments {
  /** Answers to anybody, in each slice. */
  readonly answers: readonly number[];
  readonly errors: readonly number[];
}

/** Length of a slice. */
export const MOMENT_MS = 50;
