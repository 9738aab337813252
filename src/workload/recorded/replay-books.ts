import type { CounterMetric } from '../../metric/counters.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { REPLAYED_MESSAGES } from './metrics.ts';

/** What a client sends and waits for. */
export type Replayed = (typeof REPLAYED_MESSAGES)[number];

const SENT = {
  REQ: 'replay_reqs_sent',
  EVENT: 'replay_events_sent',
  COUNT: 'replay_counts_sent',
} as const satisfies Record<Replayed, CounterMetric>;

export interface ReplayBooksOptions {
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly start: { readonly monotonicNs: number };
}

/** Counts what is sent again and how it ends; an operation belongs to the phase of its scheduled time. */
export class ReplayBooks {
  readonly #sink: SampleSink;
  readonly #start: { readonly monotonicNs: number };
  readonly #series: Readonly<Record<Replayed, number>>;
  readonly #lagSeries: number;

  constructor({ sink, series, start }: ReplayBooksOptions) {
    const of = (what: Replayed): number => series.indexOf('replay_latency', what);
    this.#sink = sink;
    this.#start = start;
    this.#series = { REQ: of('REQ'), EVENT: of('EVENT'), COUNT: of('COUNT') };
    this.#lagSeries = series.indexOf('send_lag');
  }

  phaseOf(scheduledNs: number): number {
    return this.#sink.phaseOf(scheduledNs - this.#start.monotonicNs);
  }

  count(counter: CounterMetric, scheduledNs: number): void {
    this.#sink.count(this.phaseOf(scheduledNs), counter);
  }

  sent(what: Replayed, scheduledNs: number, startedNs: number): void {
    const phase = this.phaseOf(scheduledNs);
    this.#sink.count(phase, 'replays_sent');
    this.#sink.count(phase, SENT[what]);
    this.#sink.latency(this.#lagSeries, phase, scheduledNs, startedNs);
  }

  answered(
    what: Replayed,
    times: { readonly scheduledNs: number; readonly startedNs: number; readonly nowNs: number },
  ): void {
    const { scheduledNs, startedNs, nowNs } = times;
    const phase = this.phaseOf(scheduledNs);
    this.#sink.latency(this.#series[what], phase, scheduledNs, nowNs);
    this.#sink.latency(this.#series[what] + 1, phase, startedNs, nowNs);
    this.#sink.count(phase, 'replays_answered');
  }

  /** What is never answered is slower than all that is. */
  failed(
    what: Replayed,
    counter: 'replays_timeout' | 'replays_lost_at_close' | 'replays_unsent' | 'replays_dropped',
    scheduledNs: number,
  ): void {
    const offsetNs = scheduledNs - this.#start.monotonicNs;
    const phase = this.#sink.phaseOf(offsetNs);
    this.#sink.count(phase, counter);
    for (const series of [this.#series[what], this.#series[what] + 1])
      this.#sink.censored(series, phase, offsetNs);
  }
}
