import type { Draws } from './draws.ts';

/**
 * Draws ranks 0 … count − 1 by Zipf's law: rank r has weight (r + 1)^−0.875. The exponent is one that square
 * roots can make: x^(1/8) / x.
 */
export class Zipf {
  readonly #cumulative: Float64Array;

  /** @param count at least 1 */
  constructor(count: number) {
    this.#cumulative = new Float64Array(count);
    let sum = 0;
    for (let r = 1; r <= count; r++) {
      sum += Math.sqrt(Math.sqrt(Math.sqrt(r))) / r;
      this.#cumulative[r - 1] = sum;
    }
  }

  draw(draws: Pick<Draws, 'unit'>): number {
    const cumulative = this.#cumulative;
    const wanted = draws.unit() * (cumulative[cumulative.length - 1] as number);
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] as number) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
