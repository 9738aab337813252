import type { Quantities } from './manifest.ts';

/** An exact distribution of whole numbers: how often each occurred. */
export class ValueCounts {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #sum = 0;

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#total++;
    this.#sum += value;
  }

  /** Mean (to a tenth), quantiles (nearest rank) and maximum; zeros where nothing was added. */
  summary(): Quantities {
    const values = [...this.#counts.keys()].sort((a, b) => a - b);
    const mean = this.#total === 0 ? 0 : Math.round((this.#sum / this.#total) * 10) / 10;
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => this.#quantile(values, share));
    return { mean, p50: p50 ?? 0, p90: p90 ?? 0, p99: p99 ?? 0, max: values.at(-1) ?? 0 };
  }

  #quantile(values: readonly number[], share: number): number {
    let left = Math.ceil(share * this.#total);
    for (const value of values) {
      left -= this.#counts.get(value) ?? 0;
      if (left <= 0) return value;
    }
    return 0;
  }
}
