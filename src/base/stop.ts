import { setTimeout as sleep } from 'node:timers/promises';

/** Something that runs and can be made to end: a process, a group of them, a service with its children. */
export interface Stoppable {
  /** Sends a signal to all of it; what has gone meanwhile needs none. */
  signal(signal: NodeJS.Signals): void;
  /** Waits for its end. @returns false where it has not ended within that many milliseconds */
  isGone(withinMs: number): Promise<boolean>;
}

export interface StopTimes {
  /** Asks for an orderly end; default SIGTERM. */
  readonly signal?: NodeJS.Signals;
  /** Milliseconds that an orderly end may take. */
  readonly graceMs: number;
  /** Milliseconds that the kernel may take to clear away what was killed. */
  readonly killedMs: number;
}

/**
 * The one way in which anything that was started is ended: it is asked, and what has not ended after its grace is killed.
 * @returns false where it is still there after all of that
 */
export async function stopOrKill(target: Stoppable, times: StopTimes): Promise<boolean> {
  target.signal(times.signal ?? 'SIGTERM');
  if (await target.isGone(times.graceMs)) return true;
  target.signal('SIGKILL');
  return await target.isGone(times.killedMs);
}

const POLL_MS = 20;

/** {@link Stoppable.isGone} for what tells nobody of its end: looked at fifty times a second. */
export async function goneWithin(isThere: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isThere()) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** {@link Stoppable.isGone} for what settles a promise when it ends. */
export async function settledWithin(ended: Promise<unknown>, withinMs: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(withinMs, false, { signal: waiting.signal }).catch(() => false);
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    waiting.abort();
  }
}
