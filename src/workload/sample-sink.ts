import type { CounterMapMetric } from '../metric/counter-maps.ts';
import type { CounterMetric } from '../metric/counters.ts';

/** Where workloads leave what they measured; samples live on as histogram counts only. */
export interface SampleSink {
  /** Number of the phase in which an operation scheduled `offsetNs` after the start of the load belongs. */
  phaseOf(offsetNs: number): number;
  /**
   * Record `toNs - fromNs` in a series; a negative series number is a series that the run does not have and is
   * ignored.
   */
  latency(series: number, phase: number, fromNs: number, toNs: number): void;
  /**
   * Operations of this series (default 1) never ended; their latency is longer than any that was measured in time.
   * @param offsetNs when they were scheduled, after the start of the load
   */
  censored(series: number, phase: number, offsetNs: number, times?: number): void;
  count(phase: number, counter: CounterMetric, by?: number): void;
  /** Count in a map of words, such as the prefixes of rejections; the number of different words is bounded. */
  countWord(phase: number, map: CounterMapMetric, word: string): void;
  /** Keep the text of a notice, up to a bound. */
  notice(text: string): void;
}
