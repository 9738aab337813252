import type { Lane, Wanted } from './lane.ts';
import { runAtOnce, type Steps } from './steps.ts';

/** What a client has asked for and waits for: it may cancel it, and its steps are made in the lane of the client. */
export class Work implements Wanted {
  readonly lane: Lane;
  isCancelled = false;

  constructor(lane: Lane) {
    this.lane = lane;
  }
}

/**
 * Makes the steps of a computation: in turn with those of other clients, or all at once where nobody is named to do it for.
 * @throws CancelledError where it was cancelled before its end
 */
export function runFor<T>(work: Work | undefined, steps: Steps<T>): Promise<T> {
  return work === undefined ? Promise.resolve(runAtOnce(steps)) : work.lane.run(steps, work);
}
