import { NS_PER_MS, NS_PER_US } from '../../base/clock.ts';
import type { LatencyHistogram } from '../../metric/histogram.ts';

/** Timers of this period measure the delay of the event loop; the period itself is subtracted. */
export const RESOLUTION_MS = 10;
export const RESOLUTION_US = (RESOLUTION_MS * NS_PER_MS) / NS_PER_US;

/** Shorter gaps disturb nothing. */
export const SHORTEST_GAP_US = 10_000;

/** What the runtime's histogram of a loop's ticks says. */
export interface TickHistogram {
  readonly count: number;
  /** Value in ns at each halving of what is left: 50, 75, 87.5 … 100 %. */
  readonly percentiles: ReadonlyMap<number, number>;
}

/**
 * Records how late the event loop would have been for something that was due at a random time. One gap of 400 ms is a
 * single tick among 60 others of that second, but two fifths of its time: hence a gap counts once for each period that it
 * covers, with what was left of it then (400, 390, 380 … ms).
 *
 * The runtime's histogram gives no buckets: the ticks between two of its values count as the upper one. One call for
 * all, since a hundred `percentile(…)` calls cost half a millisecond in which nothing was sent.
 * @returns the gaps longer than {@link SHORTEST_GAP_US}, one each, in µs
 */
export function recordByTime({ count, percentiles }: TickHistogram, delays: LatencyHistogram): number[] {
  const gaps: number[] = [];
  let recorded = 0;
  for (const [percentile, gapNs] of percentiles) {
    const delay_us = Math.max(0, (gapNs - RESOLUTION_MS * NS_PER_MS) / NS_PER_US);
    const upTo = percentile >= 100 ? count : Math.ceil((percentile / 100) * count);
    for (; recorded < upTo; recorded++) {
      recordGap(delay_us, delays);
      if (delay_us > SHORTEST_GAP_US) gaps.push(delay_us);
    }
  }
  return gaps;
}

/** A gap counts once for each period that it covers, with what was left of it then. */
export function recordGap(delay_us: number, delays: LatencyHistogram): void {
  delays.record(delay_us);
  for (let left_us = delay_us - RESOLUTION_US; left_us > 0; left_us -= RESOLUTION_US) delays.record(left_us);
}
