import { type ClockNs, monotonicNs, NS_PER_US } from '../base/clock.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import type { LatencySummary } from '../metric/summary.ts';

/** Less than this between two turns: the event loop did not wait for anything, so that bytes may have waited for it. */
const NO_PAUSE_NS = 100_000;

/**
 * What a proxy adds to every piece of data, at most: from the moment at which the event loop could first have read it to
 * the moment at which it was written on. Where the loop had just been busy, all of its last turn counts.
 */
export class AddedLatency {
  readonly #clock: ClockNs;
  readonly #histogram = new LatencyHistogram();
  #isInTurn = false;
  /** From when on data that is read in this turn may have waited. */
  #fromNs = 0;
  #turnNs = 0;
  #endNs = 0;

  constructor(clock: ClockNs = monotonicNs) {
    this.#clock = clock;
  }

  /** Data has been read. @returns whether it is the first of this turn of the event loop */
  arrived(): boolean {
    if (this.#isInTurn) return false;
    const nowNs = this.#clock();
    this.#fromNs = nowNs - this.#endNs < NO_PAUSE_NS ? this.#turnNs : nowNs;
    this.#turnNs = nowNs;
    this.#isInTurn = true;
    return true;
  }

  /** It has been written on. */
  passed(): void {
    this.#histogram.record((this.#clock() - this.#fromNs) / NS_PER_US);
  }

  /** Everything of this turn is done. */
  turnEnded(): void {
    this.#isInTurn = false;
    this.#endNs = this.#clock();
  }

  summary(): LatencySummary {
    return this.#histogram.summary();
  }
}
