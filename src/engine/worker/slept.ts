import { performance } from 'node:perf_hooks';
import { NS_PER_MS } from '../../base/clock.ts';

/** How long the event loop of this thread has slept so far, ns, as the runtime counts it: waiting for sockets, timers and messages. */
export function sleptNs(): number {
  return performance.nodeTiming.idleTime * NS_PER_MS;
}
