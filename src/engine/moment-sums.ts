import type { Moments } from '../result/moments.ts';
import type { MomentCount } from './messages.ts';

/** Puts the slices of all workers together. */
export class MomentSums {
  readonly #answers: number[] = [];
  readonly #errors: number[] = [];

  add(moments: readonly MomentCount[]): void {
    for (const { at, answers, errors } of moments) {
      this.#answers[at] = (this.#answers[at] ?? 0) + answers;
      this.#errors[at] = (this.#errors[at] ?? 0) + errors;
    }
  }

  /** Slices in which nothing came count 0. */
  result(): Moments {
    const length = Math.max(this.#answers.length, this.#errors.length);
    const filled = (counts: readonly number[]): number[] =>
      Array.from({ length }, (_, at) => counts[at] ?? 0);
    return { answers: filled(this.#answers), errors: filled(this.#errors) };
  }
}
