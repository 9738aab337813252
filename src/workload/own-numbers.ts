import type { Shard } from '../plan/parts.ts';

/**
 * Numbers of the connections that a workload opens itself on one worker. Those of closed ones are given back and taken
 * again, so that tables by number stay as small as the most that were ever open at once.
 */
export class OwnNumbers {
  readonly #free: number[] = [];
  readonly #step: number;
  #next: number;

  /** @param first the lowest number of the workload, over all workers */
  constructor(first: number, { index, count }: Shard) {
    this.#next = first + index;
    this.#step = count;
  }

  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const number = this.#next;
    this.#next += this.#step;
    return number;
  }

  give(number: number): void {
    this.#free.push(number);
  }
}
