import { Worker } from 'node:worker_threads';
import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import type { Plan } from '../../plan/plan.ts';

/** Wakes the load loop at a given time. */
export interface Ticker {
  /** Call `onTick` at this monotonic time, or soon after; replaces an earlier wish. */
  wakeAt(dueNs: number): void;
  stop(): Promise<void>;
}

export type CreateTicker = (onTick: () => void) => Ticker;

/** How a scheduler waits: its ticker, and how long before an arrival the loop takes over and spins. */
export interface Scheduler {
  readonly createTicker: CreateTicker;
  readonly wakeEarlyNs: number;
}

/** A thread wakes 50–100 µs late: it is asked for that much early, and the rest is waited for in the loop. */
const THREAD_LATENESS_NS = 70_000;

export const SCHEDULERS: Readonly<Record<Plan['scheduler'], Scheduler>> = {
  precise: { createTicker: startThreadTicker, wakeEarlyNs: THREAD_LATENESS_NS },
  cheap: { createTicker: createTimerTicker, wakeEarlyNs: 0 },
  spin: { createTicker: createTimerTicker, wakeEarlyNs: Number.POSITIVE_INFINITY },
};

/** A ticker on a thread of its own: exact to some 10 µs together with the loop, at a fraction of a core. */
function startThreadTicker(onTick: () => void): Ticker {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const dueNs = new Float64Array(new SharedArrayBuffer(8));
  dueNs[0] = Number.POSITIVE_INFINITY;
  /** The wish that the thread waits for; repeating it would cost a system call. */
  let wishNs = Number.NaN;
  const thread = new Worker(new URL('./ticker-thread.js', import.meta.url), {
    workerData: { control, dueNs },
  });
  thread.on('message', () => {
    wishNs = Number.NaN;
    onTick();
  });
  return {
    wakeAt: (wanted) => {
      if (wanted === wishNs) return;
      wishNs = wanted;
      dueNs[0] = wanted;
      Atomics.add(control, 0, 1);
      Atomics.notify(control, 0);
    },
    stop: async () => {
      await thread.terminate();
    },
  };
}

/** A ticker on the timers of the event loop: no thread, late by up to a millisecond. */
function createTimerTicker(onTick: () => void): Ticker {
  let timer: NodeJS.Timeout | undefined;
  return {
    wakeAt: (dueNs) => {
      clearTimeout(timer);
      timer = setTimeout(onTick, Math.max(0, (dueNs - monotonicNs()) / NS_PER_MS));
    },
    stop: () => {
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}
