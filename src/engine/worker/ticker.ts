import { Worker } from 'node:worker_threads';
import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { onThreadLoss } from '../../base/ends.ts';
import type { Plan } from '../../plan/plan.ts';
import { WakeLead } from './wake-lead.ts';

/** Wakes the load loop at a given time. */
export interface Ticker {
  /** How long before an arrival the loop must be woken, ns; for the rest of the time it spins. */
  readonly wakeEarlyNs: number;
  /** Call `onTick` at this monotonic time, or soon after; replaces an earlier wish. */
  wakeAt(dueNs: number): void;
  stop(): Promise<void>;
}

export type CreateTicker = (onTick: () => void) => Ticker;

/** How each scheduler waits for the next arrival. */
export const TICKERS: Readonly<Record<Plan['scheduler'], CreateTicker>> = {
  precise: startThreadTicker,
  cheap: (onTick) => createTimerTicker(onTick, 0),
  spin: (onTick) => createTimerTicker(onTick, Number.POSITIVE_INFINITY),
};

/** A ticker on a thread of its own: exact to some 10 µs together with the loop, at a fraction of a core. */
function startThreadTicker(onTick: () => void): Ticker {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const dueNs = new Float64Array(new SharedArrayBuffer(8));
  dueNs[0] = Number.POSITIVE_INFINITY;
  /** The wish that the thread waits for; repeating it would cost a system call. */
  let wishNs = Number.NaN;
  const lead = new WakeLead();
  const thread = new Worker(new URL('./ticker-thread.js', import.meta.url), {
    workerData: { control, dueNs },
  });
  // Without it arrivals would come late or not at all: the worker ends and is told as lost.
  const unwatch = onThreadLoss(thread, (error) => {
    throw error;
  });
  thread.on('message', () => {
    lead.observe(monotonicNs() - wishNs);
    wishNs = Number.NaN;
    onTick();
  });
  return {
    get wakeEarlyNs() {
      return lead.ns;
    },
    wakeAt: (wanted) => {
      if (wanted === wishNs) return;
      wishNs = wanted;
      dueNs[0] = wanted;
      Atomics.add(control, 0, 1);
      Atomics.notify(control, 0);
    },
    stop: async () => {
      unwatch();
      await thread.terminate();
    },
  };
}

/** A ticker on the timers of the event loop: no thread, late by up to a millisecond. */
function createTimerTicker(onTick: () => void, wakeEarlyNs: number): Ticker {
  let timer: NodeJS.Timeout | undefined;
  return {
    wakeEarlyNs,
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
