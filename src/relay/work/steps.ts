/**
 * A long computation: at each `yield` somebody else may have a turn, and what it reads may have changed when it goes on.
 * Returns its outcome.
 */
export type Steps<T> = Generator<void, T, void>;

/** Makes all steps at once: for those who have nobody to share the thread with. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
