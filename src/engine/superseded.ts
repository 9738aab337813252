import { COUNTER_NAMES } from '../metric/counters.ts';
import type { CounterRows } from './messages.ts';

const AT = COUNTER_NAMES.indexOf('events_superseded');

/** Events of which the relay has a newer version: it has done all that can be done with them, so they are achieved. */
export class Superseded {
  readonly #byWorker = new Map<number, number>();

  /** @param measured indices of the measured phases */
  set(worker: number, { rows }: CounterRows, measured: readonly number[]): void {
    const counts = measured.map((phase) => rows[phase]?.[AT] ?? 0);
    this.#byWorker.set(
      worker,
      counts.reduce((sum, count) => sum + count, 0),
    );
  }

  get total(): number {
    return [...this.#byWorker.values()].reduce((sum, count) => sum + count, 0);
  }
}
