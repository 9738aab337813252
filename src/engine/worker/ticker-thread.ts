/**
 * The thread that wakes the load loop. Timers of the event loop have a grain of one millisecond and a spinning
 * loop burns a core; a thread that sleeps on a futex until the next arrival is due does neither.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';

const { control, dueNs } = workerData as { control: Int32Array; dueNs: Float64Array };

for (;;) {
  const sequence = Atomics.load(control, 0);
  const wait_ms = ((dueNs[0] as number) - monotonicNs()) / NS_PER_MS;
  if (wait_ms > 0 && Atomics.wait(control, 0, sequence, wait_ms) !== 'timed-out') continue;
  if (Atomics.load(control, 0) !== sequence) continue;
  parentPort?.postMessage(0);
  Atomics.wait(control, 0, sequence);
}
