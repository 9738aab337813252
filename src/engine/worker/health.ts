import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { monotonicNs, NS_PER_MS, NS_PER_S, NS_PER_US } from '../../base/clock.ts';
import { LatencyHistogram } from '../../metric/histogram.ts';
import type { SecondOfHealth } from '../messages.ts';

/** Timers of this period measure the delay of the event loop; the period itself is subtracted. */
const RESOLUTION_MS = 10;

/** Watches the generator's own process, a second at a time. */
export class Health {
  readonly #spinNs: () => number;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #delays = new LatencyHistogram();
  #cpu = process.cpuUsage();
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #spinBefore = 0;
  #takenNs = monotonicNs();

  /** @param spinNs time so far in which the load loop only waited for the next arrival */
  constructor(spinNs: () => number) {
    this.#spinNs = spinNs;
    this.#delay.enable();
  }

  /** The time since the last call. */
  take(): SecondOfHealth {
    const cpu = process.cpuUsage(this.#cpu);
    const loop = performance.eventLoopUtilization(this.#loop);
    const nowNs = monotonicNs();
    const spin = (this.#spinNs() - this.#spinBefore) / Math.max(1, nowNs - this.#takenNs);
    const health: SecondOfHealth = {
      cpu_s: (cpu.user + cpu.system) / 1e6,
      utilization: Math.max(0, loop.utilization - spin),
      rss_bytes: residentBytes(),
      loopDelay_us: this.#takeDelays(),
    };
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#spinBefore = this.#spinNs();
    this.#takenNs = nowNs;
    return health;
  }

  stop(): void {
    this.#delay.disable();
  }

  /**
   * The runtime's own histogram gives no buckets, only the value at each halving of what is left (50, 75, 87.5 … 100 %):
   * the ticks between two of them count as the upper one. One call for all: a hundred `percentile(…)` calls cost half a
   * millisecond in which nothing was sent.
   */
  #takeDelays(): SecondOfHealth['loopDelay_us'] {
    const ticks = Math.max(1, Math.round(NS_PER_S / NS_PER_MS / RESOLUTION_MS));
    let recorded = 0;
    this.#delays.reset();
    for (const [percentile, delayNs] of this.#delay.percentiles) {
      const delay_us = Math.max(0, (delayNs - RESOLUTION_MS * NS_PER_MS) / NS_PER_US);
      const upTo = percentile >= 100 ? ticks : Math.floor((percentile / 100) * ticks);
      for (; recorded < upTo; recorded++) this.#delays.record(delay_us);
    }
    this.#delay.reset();
    return this.#delays.toDelta();
  }
}

/** 0 where the process has no descriptor left to read it with (`process.memoryUsage` throws EMFILE). */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}
