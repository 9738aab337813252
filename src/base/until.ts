import { afterPoll } from './after-poll.ts';
import { monotonicNs } from './clock.ts';

const POLL_MS = 10;

/** Wait until `isDone`, or until `deadlineNs`. @returns whether it was done in time */
export async function until(isDone: () => boolean, deadlineNs = Number.POSITIVE_INFINITY): Promise<boolean> {
  while (!isDone()) {
    if (monotonicNs() >= deadlineNs) {
      await new Promise<void>(afterPoll);
      return isDone();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
