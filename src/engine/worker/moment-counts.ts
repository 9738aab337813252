import { NS_PER_MS } from '../../base/clock.ts';
import { MOMENT_MS } from '../../result/moments.ts';
import type { MomentCount } from '../messages.ts';

/** Counts answers and errors in slices of time, for runs that ask how soon after a fault they came. */
export class MomentCounts {
  readonly #startNs: () => number;
  #answers = new Map<number, number>();
  #errors = new Map<number, number>();

  /** @param startNs when the load started; 0 before it has */
  constructor(startNs: () => number) {
    this.#startNs = startNs;
  }

  answer(atNs: number): void {
    this.#count(this.#answers, atNs);
  }

  error(atNs: number): void {
    this.#count(this.#errors, atNs);
  }

  /** What was counted since the last call. */
  take(): readonly MomentCount[] {
    const [answers, errors] = [this.#answers, this.#errors];
    this.#answers = new Map();
    this.#errors = new Map();
    const all = new Set([...answers.keys(), ...errors.keys()]);
    return [...all].map((at) => ({ at, answers: answers.get(at) ?? 0, errors: errors.get(at) ?? 0 }));
  }

  #count(counts: Map<number, number>, atNs: number): void {
    const startNs = this.#startNs();
    if (startNs === 0 || atNs < startNs) return;
    const slice = Math.floor((atNs - startNs) / NS_PER_MS / MOMENT_MS);
    counts.set(slice, (counts.get(slice) ?? 0) + 1);
  }
}
