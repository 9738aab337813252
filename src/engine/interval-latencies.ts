import { baseLatency, type LatencyMetric, serviceTwin } from '../metric/catalogue.ts';
import type { HistogramDelta, LatencyHistogram } from '../metric/histogram.ts';
import type { SpareHistograms } from '../metric/spare-histograms.ts';
import { longestTimeoutMs } from '../plan/longest-timeout.ts';
import type { Plan } from '../plan/plan.ts';
import type { IntervalRow } from '../result/schema.ts';

type Latencies = IntervalRow['latencies'];

/**
 * The latencies of one second while they can still change: an operation that is never answered is known to be one only
 * when its deadline has passed, but it belongs to the second in which it was due.
 */
export class SecondOfLatencies {
  readonly #open = new Map<LatencyMetric, LatencyHistogram>();
  /** A whole histogram takes a hundred times the room. */
  readonly #samples = new Map<LatencyMetric, HistogramDelta>();
  readonly #censored = new Map<LatencyMetric, number>();
  readonly #keep: boolean;
  readonly #spare: SpareHistograms;

  /**
   * @param keep whether the row of this second keeps its histograms
   * @param spare shared by the seconds of a run
   */
  constructor(keep: boolean, spare: SpareHistograms) {
    this.#keep = keep;
    this.#spare = spare;
  }

  /** Samples of operations that ended in this second. */
  add(metric: LatencyMetric, delta: HistogramDelta): void {
    const histogram = this.#open.get(metric) ?? this.#filled(this.#spare.take(), metric);
    // What was given up now was due earlier, see censor.
    histogram.addDelta({ ...delta, censored: 0 });
    this.#open.set(metric, histogram);
  }

  /** Operations that were due in this second and never ended. */
  censor(metric: LatencyMetric, count: number): void {
    this.#censored.set(metric, (this.#censored.get(metric) ?? 0) + count);
  }

  count(metric: LatencyMetric): number {
    return (this.#open.get(metric) ?? this.#samples.get(metric))?.count ?? 0;
  }

  /** In µs, of the operations that ended; null where none did. */
  percentile(metric: LatencyMetric, percentile: number): number | null {
    const open = this.#open.get(metric);
    if (open !== undefined) return open.percentile(percentile);
    return this.#spare.lend((copy) => this.#filled(copy, metric).percentile(percentile));
  }

  /** What the record says of this second, as far as it is known by now. */
  row(): Latencies {
    for (const [metric, histogram] of this.#open) {
      this.#samples.set(metric, histogram.toDelta());
      this.#spare.give(histogram);
    }
    this.#open.clear();
    const all = new Set([...this.#samples.keys(), ...this.#censored.keys()]);
    const base = [...all].filter((metric) => metric === baseLatency(metric));
    return Object.fromEntries(
      base.map((metric) => [metric, this.#spare.lend((copy) => this.#latency(metric, copy))]),
    );
  }

  /**
   * Percentiles count what never ended above all samples, and are null where they fall among it.
   * @param copy empty
   */
  #latency(metric: LatencyMetric, copy: LatencyHistogram): Latencies[string] {
    const histogram = this.#filled(copy, metric);
    const censored = this.#censored.get(metric) ?? 0;
    histogram.censor(censored);
    const twin = serviceTwin(metric);
    const service = twin === null ? undefined : this.#samples.get(twin);
    return {
      count: histogram.count,
      p50_us: histogram.percentileOfAll(50),
      p95_us: histogram.percentileOfAll(95),
      p99_us: histogram.percentileOfAll(99),
      max_us: histogram.max_us,
      ...this.#hdr(histogram),
      ...(censored > 0 ? { censored } : {}),
      ...(service === undefined ? {} : { service: this.#service(service) }),
    };
  }

  #service(delta: HistogramDelta): NonNullable<Latencies[string]['service']> {
    return this.#spare.lend((histogram) => {
      histogram.addDelta(delta);
      return { max_us: histogram.max_us, ...this.#hdr(histogram) };
    });
  }

  #hdr(histogram: LatencyHistogram): { hdr?: string } {
    return this.#keep ? { hdr: histogram.encoded() } : {};
  }

  /** @param empty to be filled with what is known of this metric */
  #filled(empty: LatencyHistogram, metric: LatencyMetric): LatencyHistogram {
    const delta = this.#samples.get(metric);
    if (delta !== undefined) empty.addDelta(delta);
    return empty;
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
