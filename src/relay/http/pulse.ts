import { NS_PER_MS } from '../../base/clock.ts';

/** What the thread that answers for the process is given. */
export interface LivenessWork {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  readonly shared: SharedArrayBuffer;
}

/** Shared memory in which an event loop says that it turns. */
export const PULSE_BYTES = 2 * Float64Array.BYTES_PER_ELEMENT;
const [LAST_BEAT, STOPPING] = [0, 1];

/**
 * An event loop that has not turned for so long hangs. Between a busy machine, whose loops are late by a second or two and
 * go on, and one that never comes back.
 */
const HUNG_MS = 5_000;

/** Status and text of an answer. */
type Answer = readonly [status: number, text: string];

/** Whether an event loop turns, as another thread sees it. */
export class Pulse {
  readonly #values: Float64Array;

  /** @param shared of {@link PULSE_BYTES}, and the same for both threads */
  constructor(shared: SharedArrayBuffer) {
    this.#values = new Float64Array(shared);
  }

  /** The event loop turns. @param nowNs the time on a clock that both threads read, ns */
  beat(nowNs: number): void {
    this.#values[LAST_BEAT] = nowNs;
  }

  /** The process is about to end. */
  stop(): void {
    this.#values[STOPPING] = 1;
  }

  /** What is answered to a load balancer: 200, 404 once the process is about to end, 503 where its event loop hangs. */
  read(nowNs: number): Answer {
    const silentMs = (nowNs - (this.#values[LAST_BEAT] ?? 0)) / NS_PER_MS;
    if (silentMs >= HUNG_MS) return [503, `the event loop has not turned for ${Math.round(silentMs)} ms`];
    return this.#values[STOPPING] === 1 ? [404, 'shutting down'] : [200, 'alive'];
  }
}
