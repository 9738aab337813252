import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { GcKind, GcPause, GcPauses } from '../messages.ts';

const US_PER_MS = 1_000;
const KINDS: ReadonlyMap<unknown, GcKind> = new Map<number, GcKind>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** What is known of a pause: `PerformanceEntry`, of which the runtime makes more than its type says. */
export interface PauseEntry {
  /** Milliseconds. */
  readonly duration: number;
  readonly detail?: unknown;
}

/** Watches for how long the garbage collector has kept this thread from its work. */
export class GcWatch {
  readonly #observer = new PerformanceObserver((list) => this.add(list.getEntries()));
  #count = 0;
  #total_us = 0;
  #longest: GcPause | null = null;

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Pauses as the runtime tells them, some milliseconds after each. */
  add(entries: readonly PauseEntry[]): void {
    for (const { duration, detail } of entries) {
      const duration_us = duration * US_PER_MS;
      this.#count++;
      this.#total_us += duration_us;
      if (duration_us > (this.#longest?.duration_us ?? -1))
        this.#longest = { kind: kindOf(detail), duration_us };
    }
  }

  /** Those since the last call. */
  take(): GcPauses {
    this.add(this.#observer.takeRecords());
    const taken = { count: this.#count, total_us: this.#total_us, longest: this.#longest };
    this.#count = 0;
    this.#total_us = 0;
    this.#longest = null;
    return taken;
  }

  stop(): void {
    this.#observer.disconnect();
  }
}

function kindOf(detail: unknown): GcKind {
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : null;
  return KINDS.get(kind) ?? 'major';
}
