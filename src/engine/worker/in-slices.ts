import { setImmediate } from 'node:timers/promises';
import type { FromWorker } from '../messages.ts';

/** Between two slices the event loop answers pings: a relay would drop who is silent while events are mined. */
export const SLICE_MS = 50;
/** Shorter than this nobody wants to see progress of. */
const SHOWN_AFTER_MS = 1_000;

/** What is carried out, for whoever watches. */
export interface Task {
  readonly what: string;
  readonly total: number;
  readonly send: (message: FromWorker) => void;
}

/**
 * Carries out what would keep the event loop for long.
 * @param slice works for about {@link SLICE_MS} and returns how much it did, and whether that was all
 */
export async function inSlices(
  { what, total, send }: Task,
  slice: () => { readonly done: number; readonly isOver: boolean },
): Promise<void> {
  const beganMs = performance.now();
  let done = 0;
  for (;;) {
    const step = slice();
    done += step.done;
    if (step.isOver) return;
    if (performance.now() - beganMs > SHOWN_AFTER_MS)
      send({ type: 'preparing', done: Math.min(done, total), total, what });
    await setImmediate();
  }
}
