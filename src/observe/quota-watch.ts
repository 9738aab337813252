import type { CpuQuota } from './cpu-quota.ts';

/** How often a process uses up its CPU quota, from one look to the next. */
export class QuotaWatch {
  readonly #read: (pid: number) => CpuQuota | null;
  #last: CpuQuota | null = null;
  #cores: number | null = null;

  constructor(read: (pid: number) => CpuQuota | null) {
    this.#read = read;
  }

  /** The tightest quota that was seen, in cores; null where there was none. */
  get cores(): number | null {
    return this.#cores;
  }

  /** Part of the periods since the look before in which it had to wait, 0..1; null where there is no quota, or no look before. */
  throttledSince(pid: number): number | null {
    const [before, now] = [this.#last, this.#read(pid)];
    this.#last = now;
    if (now === null) return null;
    this.#cores = Math.min(this.#cores ?? now.cores, now.cores);
    // Another group counts from somewhere else.
    if (before === null || before.periods > now.periods || before.throttled > now.throttled) return null;
    const periods = now.periods - before.periods;
    return periods === 0 ? 0 : Math.min(1, (now.throttled - before.throttled) / periods);
  }
}
