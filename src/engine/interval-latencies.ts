import { baseLatency, type LatencyMetric, serviceTwin } from '../metric/catalogue.ts';
import { addDeltas, longestOf, percentileOfDelta } from '../metric/delta.ts';
import { type HistogramDelta, LatencyHistogram } from '../metric/histogram.ts';
import { longestTimeoutMs } from '../plan/longest-timeout.ts';
import type { Plan } from '../plan/plan.ts';
import type { IntervalRow } from '../result/schema.ts';

type Latencies = IntervalRow['latencies'];

/**
 * The latencies of one second while they can still change: an operation that is never answered is known to be one only
 * when its deadline has passed, but it belongs to the second in which it was due.
 */
export class SecondOfLatencies {
  /** A whole histogram takes a hundred times the room, and the time to look through it. */
  readonly #samples = new Map<LatencyMetric, HistogramDelta>();
  readonly #censored = new Map<LatencyMetric, number>();
  readonly #keep: boolean;

  /** @param keep whether the row of this second keeps its histograms */
  constructor(keep: boolean) {
    this.#keep = keep;
  }

  /** Samples of operations that ended in this second. */
  add(metric: LatencyMetric, delta: HistogramDelta): void {
    const known = this.#samples.get(metric);
    // What was given up now was due earlier, see censor.
    this.#samples.set(metric, known === undefined ? { ...delta, censored: 0 } : addDeltas(known, delta));
  }

  /** Operations that were due in this second and never ended. */
  censor(metric: LatencyMetric, count: number): void {
    this.#censored.set(metric, (this.#censored.get(metric) ?? 0) + count);
  }

  count(metric: LatencyMetric): number {
    return this.#samples.get(metric)?.count ?? 0;
  }

  /** In µs, of the operations that ended; null where none did. */
  percentile(metric: LatencyMetric, percentile: number): number | null {
    const delta = this.#samples.get(metric);
    return delta === undefined ? null : percentileOfDelta(delta, percentile);
  }

  /** What the record says of this second, as far as it is known by now. */
  row(): Latencies {
    const all = new Set([...this.#samples.keys(), ...this.#censored.keys()]);
    const base = [...all].filter((metric) => metric === baseLatency(metric));
    return Object.fromEntries(base.map((metric) => [metric, this.#latency(metric)]));
  }

  /** Percentiles count what never ended above all samples, and are null where they fall among it. */
  #latency(metric: LatencyMetric): Latencies[string] {
    const delta = this.#samples.get(metric);
    const censored = this.#censored.get(metric) ?? 0;
    const percentile = (of: number): number | null =>
      delta === undefined ? null : percentileOfDelta(delta, of, censored);
    const twin = serviceTwin(metric);
    const service = twin === null ? undefined : this.#samples.get(twin);
    return {
      count: delta?.count ?? 0,
      p50_us: percentile(50),
      p95_us: percentile(95),
      p99_us: percentile(99),
      max_us: longestOf(delta),
      ...this.#hdr(delta),
      ...(censored > 0 ? { censored } : {}),
      ...(service === undefined ? {} : { service: { max_us: longestOf(service), ...this.#hdr(service) } }),
    };
  }

  #hdr(delta: HistogramDelta | undefined): { hdr?: string } {
    if (!this.#keep) return {};
    const histogram = new LatencyHistogram();
    if (delta !== undefined) histogram.addDelta(delta);
    return { hdr: histogram.encoded() };
  }
}

/** A latency of a second that is no longer held: how many never ended is known, where its percentiles lie is not. */
export function withCensored(latency: Latencies[string] | undefined, more: number): Latencies[string] {
  return {
    count: 0,
    max_us: null,
    ...latency,
    p50_us: null,
    p95_us: null,
    p99_us: null,
    censored: (latency?.censored ?? 0) + more,
  };
}

/** For how many seconds it is open whether an operation will end: it is given up at its deadline, or when the drain ends. */
export function holdOf(plan: Plan): number {
  return (longestTimeoutMs(plan) + plan.drainMs) / 1_000 + 2;
}
