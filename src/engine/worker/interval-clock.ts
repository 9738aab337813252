import { monotonicNs, NS_PER_MS, NS_PER_S } from '../../base/clock.ts';

/** Calls `onInterval(index)` at the end of each whole second after `startNs`; `index` counts from 0. */
export class IntervalClock {
  readonly #startNs: number;
  readonly #onInterval: (index: number) => void;
  #index = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(startNs: number, onInterval: (index: number) => void) {
    this.#startNs = startNs;
    this.#onInterval = onInterval;
    this.#arm();
  }

  /** End the interval that is under way, early. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#onInterval(this.#index);
  }

  #arm(): void {
    const dueNs = this.#startNs + (this.#index + 1) * NS_PER_S;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, (dueNs - monotonicNs()) / NS_PER_MS));
  }

  #tick(): void {
    // A blocked loop may have passed over seconds: what it recorded belongs to the last of them.
    const passed = Math.floor((monotonicNs() - this.#startNs) / NS_PER_S) - 1;
    this.#index = Math.max(this.#index, passed);
    this.#onInterval(this.#index);
    this.#index++;
    this.#arm();
  }
}
