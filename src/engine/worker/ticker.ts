import { Worker } from 'node:worker_threads';

/** Wakes the load loop at a given time. */
export interface Ticker {
  /** Call `onTick` at this monotonic time, or soon after; replaces an earlier wish. */
  wakeAt(dueNs: number): void;
  stop(): Promise<void>;
}

/** A ticker on a thread of its own: late by 50–100 µs, at next to no CPU. */
export function startTicker(onTick: () => void): Ticker {
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
