import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { monotonicNs } from '../../base/clock.ts';
import { onThreadLoss } from '../../base/ends.ts';
import type { MetricsAddress } from './metrics-server.ts';
import { bracketed } from './own-hosts.ts';
import { type LivenessWork, PULSE_BYTES, Pulse } from './pulse.ts';

/** What answers whether the process lives. */
export interface LivenessServer {
  /** `http://host:port/health`. */
  readonly url: string;
  /** From now on a load balancer is told that the process is about to end. */
  stopping(): void;
  close(): Promise<void>;
}

const BEAT_MS = 100;

/**
 * Serves `/health` from a thread of its own. An answer of the event loop comes late where the machine is busy with something
 * else: a load balancer then takes every relay for dead at once and cuts all clients, who come back together. The thread has
 * hardly anything to do and is on time, so that no answer means a process that hangs, and nothing else does.
 * @throws the error of the system where the address cannot be used
 */
export async function serveLiveness(
  { host, port }: MetricsAddress,
  onError: (error: unknown) => void,
): Promise<LivenessServer> {
  const shared = new SharedArrayBuffer(PULSE_BYTES);
  const pulse = new Pulse(shared);
  const beat = (): void => pulse.beat(monotonicNs());
  beat();
  const work: LivenessWork = { host, port, shared };
  const thread = new Worker(new URL('./liveness-thread.js', import.meta.url), { workerData: work });
  const [bound] = (await once(thread, 'message')) as [number];
  const ended = onThreadLoss(thread, onError);
  thread.unref();
  const timer = setInterval(beat, BEAT_MS).unref();
  const close = async (): Promise<void> => {
    clearInterval(timer);
    ended();
    await thread.terminate();
  };
  return { url: `http://${bracketed(host)}:${bound}/health`, stopping: () => pulse.stop(), close };
}
