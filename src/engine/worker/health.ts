import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { monotonicNs } from '../../base/clock.ts';
import type { SecondOfHealth } from '../messages.ts';
import { GcWatch } from './gc-watch.ts';
import { LoopDelayWatch } from './loop-delay-watch.ts';

/** Watches the generator's own process, a second at a time. */
export class Health {
  readonly #spinNs: () => number;
  readonly #inFlight: () => number;
  readonly #delays = new LoopDelayWatch();
  readonly #gcPauses = new GcWatch();
  #cpu = process.cpuUsage();
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #spinBefore = 0;
  #takenNs = monotonicNs();

  /**
   * @param spinNs time so far in which the load loop only waited for the next arrival
   * @param inFlight operations that wait for their answer
   */
  constructor(spinNs: () => number, inFlight: () => number) {
    this.#spinNs = spinNs;
    this.#inFlight = inFlight;
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
      ...this.#delays.take(),
      inFlight: this.#inFlight(),
      gcPauses: this.#gcPauses.take(),
    };
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#spinBefore = this.#spinNs();
    this.#takenNs = nowNs;
    return health;
  }

  stop(): void {
    this.#delays.stop();
    this.#gcPauses.stop();
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
