import { LatencyHistogram } from './histogram.ts';

/**
 * Histograms that nobody uses at the moment. Each takes 100 KiB outside of the heap: two dozen new ones in every second make V8
 * collect everything, for up to 20 ms, and on a small machine generator and relay wait meanwhile.
 */
export class SpareHistograms {
  readonly #spare: LatencyHistogram[] = [];

  /** An empty one; whoever takes it gives it back. */
  take(): LatencyHistogram {
    return this.#spare.pop() ?? new LatencyHistogram();
  }

  give(histogram: LatencyHistogram): void {
    histogram.reset();
    this.#spare.push(histogram);
  }

  /** What `use` says of an empty one. It must not keep it. */
  lend<T>(use: (histogram: LatencyHistogram) => T): T {
    const histogram = this.take();
    try {
      return use(histogram);
    } finally {
      this.give(histogram);
    }
  }
}
