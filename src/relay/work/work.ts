import type { Lane, Wanted } from './lane.ts';
import { runAtOnce, type Steps } from './steps.ts';

/** What a client has asked for and waits for: it may cancel it, and its steps are made in the lane of the client. */
export class Work implements Wanted {
  readonly lane: Lane;
  #isCancelled = false;
  /** Made when it is first needed: most of what is asked is answered at once. */
  #listeners: Set<() => void> | null = null;

  constructor(lane: Lane) {
    this.lane = lane;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Nobody waits for it any more; who listens is told, once. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    const listeners = this.#listeners;
    this.#listeners = null;
    for (const tell of listeners ?? []) tell();
  }

  /**
   * Calls back when it is cancelled; not where it was already.
   * @returns takes the listener away again
   */
  onCancel(tell: () => void): () => void {
    this.#listeners ??= new Set();
    const listeners = this.#listeners.add(tell);
    return () => void listeners.delete(tell);
  }
}

/**
 * Makes the steps of a computation: in turn with those of other clients, or all at once where nobody is named to do it for.
 * @throws CancelledError where it was cancelled before its end
 */
export function runFor<T>(work: Work | undefined, steps: Steps<T>): Promise<T> {
  return work === undefined ? Promise.resolve(runAtOnce(steps)) : work.lane.run(steps, work);
}
