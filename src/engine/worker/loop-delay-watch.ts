import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { type ClockNs, monotonicNs, NS_PER_US } from '../../base/clock.ts';
import { type HistogramDelta, LatencyHistogram } from '../../metric/histogram.ts';
import { RESOLUTION_MS, RESOLUTION_US, recordByTime, recordGap, SHORTEST_GAP_US } from './loop-delay.ts';

/** How late an event loop was in some time. */
export interface LoopDelays {
  readonly loopDelay_us: HistogramDelta;
  /** For how long it stood still, each time that it did for more than {@link SHORTEST_GAP_US}. */
  readonly gaps_us: number[];
}

export interface LoopDelayWatchOptions {
  /** The ticks that the runtime counts; default its own. */
  readonly ticks?: Pick<IntervalHistogram, 'count' | 'percentiles' | 'enable' | 'disable' | 'reset' | 'max'>;
  readonly clock?: ClockNs;
}

/**
 * Watches how late the event loop is. The runtime counts the gaps between its ticks, but each time that it is told to begin
 * anew it forgets when the last tick was: it does not see a loop that stands still between its last tick and a taking, or between
 * that and its first tick. Ticks of our own see those.
 */
export class LoopDelayWatch {
  readonly #ticks: NonNullable<LoopDelayWatchOptions['ticks']>;
  readonly #clock: ClockNs;
  readonly #delays = new LatencyHistogram();
  readonly #timer: NodeJS.Timeout;
  #tickedNs: number;
  /** The longest gap since the last taking before the runtime has counted one. */
  #early_us = 0;

  constructor({ ticks, clock = monotonicNs }: LoopDelayWatchOptions = {}) {
    this.#ticks = ticks ?? monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#clock = clock;
    this.#tickedNs = clock();
    this.#ticks.enable();
    this.#timer = setInterval(() => this.#tick(), RESOLUTION_MS).unref();
  }

  /** The time since the last call. */
  take(): LoopDelays {
    this.#delays.reset();
    const seen_us = this.#ticks.count === 0 ? 0 : this.#ticks.max / NS_PER_US - RESOLUTION_US;
    const gaps_us = recordByTime(this.#ticks, this.#delays);
    for (const delay_us of [this.#early_us, this.#delay_us()]) {
      // The runtime may have seen it, too, by its own tick before or after ours: then it is counted.
      if (delay_us <= SHORTEST_GAP_US || delay_us <= seen_us + RESOLUTION_US) continue;
      recordGap(delay_us, this.#delays);
      gaps_us.push(delay_us);
    }
    this.#ticks.reset();
    this.#early_us = 0;
    this.#tickedNs = this.#clock();
    return { loopDelay_us: this.#delays.toDelta(), gaps_us };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#ticks.disable();
  }

  #tick(): void {
    if (this.#ticks.count === 0) this.#early_us = Math.max(this.#early_us, this.#delay_us());
    this.#tickedNs = this.#clock();
  }

  /** How much longer than the time between two ticks the last one is ago. */
  #delay_us(): number {
    return Math.max(0, (this.#clock() - this.#tickedNs) / NS_PER_US - RESOLUTION_US);
  }
}
