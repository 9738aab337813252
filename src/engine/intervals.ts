import { NS_PER_S } from '../base/clock.ts';
import type { LatencyMetric } from '../metric/catalogue.ts';
import { COUNTER_NAMES, type CounterMetric } from '../metric/counters.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { PlannedPhase } from '../plan/plan.ts';
import type { IntervalRow } from '../result/schema.ts';
import { SecondOfLatencies, withCensored } from './interval-latencies.ts';
import type { CounterRows, WorkerInterval } from './messages.ts';

/** What the display of a second needs beyond its row. */
export interface IntervalExtras {
  readonly rejected: number;
  readonly sendLagP99_us: number | null;
}

const ERRORS: readonly CounterMetric[] = [
  'events_timeout',
  'events_lost_at_close',
  'queries_closed',
  'queries_timeout',
  'queries_lost_at_close',
  'subscriptions_closed',
  'malformed_frames',
];

interface OpenRow {
  readonly latencies: SecondOfLatencies;
  readonly loopDelays: LatencyHistogram;
  readonly reported: Set<number>;
  readonly counts: Record<
    'sent' | 'acked' | 'completed' | 'errors' | 'rejected' | 'connections' | 'cpu_s',
    number
  >;
}

export interface IntervalMergerOptions {
  readonly series: SeriesTable;
  readonly phases: readonly PlannedPhase[];
  /** Arrivals scheduled in a second; undefined in the closed model, which has no schedule. */
  readonly offeredIn: (second: number) => number | undefined;
  /** Whether every second keeps its histograms, for gates over windows. */
  readonly keepHistograms: boolean;
  /** For how long after a second it may come out that an operation of it never ended: the longest deadline. */
  readonly hold_s: number;
  /** Workers that still report. */
  readonly liveWorkers: () => readonly number[];
  readonly onRow: (row: IntervalRow, extras: IntervalExtras) => void;
}

/**
 * Puts the seconds of all workers together. A row is complete when every worker has reported that second or a
 * later one: messages are matched by the second they speak of, never by their order of arrival.
 */
export class IntervalMerger {
  readonly #options: IntervalMergerOptions;
  readonly #rows = new Map<number, OpenRow>();
  readonly #before = new Map<number, Totalled>();
  readonly #lastIndex = new Map<number, number>();
  readonly #complete: IntervalRow[] = [];
  readonly #held = new Map<number, SecondOfLatencies>();

  constructor(options: IntervalMergerOptions) {
    this.#options = options;
  }

  get rows(): readonly IntervalRow[] {
    return this.#complete;
  }

  add(worker: number, interval: WorkerInterval): void {
    const row = this.#rowAt(interval.index);
    const now = totalled(interval.counters);
    const before = this.#before.get(worker) ?? NOTHING;
    for (const key of ['sent', 'acked', 'completed', 'errors', 'rejected'] as const)
      row.counts[key] += now[key] - before[key];
    row.counts.connections += interval.connections.open;
    row.counts.cpu_s += interval.health.cpu_s;
    this.#before.set(worker, now);
    this.#lastIndex.set(worker, interval.index);
    for (const { series, delta } of interval.samples) {
      const metric = this.#options.series.metrics[series];
      if (metric === undefined) continue;
      row.latencies.add(metric, delta);
    }
    for (const { series, second, count } of interval.censored) {
      const metric = this.#options.series.metrics[series];
      if (metric !== undefined) this.#censor(metric, second, count);
    }
    row.loopDelays.addDelta(interval.health.loopDelay_us);
    this.#emitComplete();
  }

  /** Emit what is left, when no worker reports any more. */
  finish(): void {
    for (const index of [...this.#rows.keys()].sort((a, b) => a - b)) this.#emit(index);
  }

  #rowAt(index: number): OpenRow {
    const known = this.#rows.get(index);
    if (known !== undefined) return known;
    const counts = { sent: 0, acked: 0, completed: 0, errors: 0, rejected: 0, connections: 0, cpu_s: 0 };
    const loopDelays = new LatencyHistogram();
    const latencies = new SecondOfLatencies(this.#options.keepHistograms);
    const row: OpenRow = { latencies, loopDelays, reported: new Set(), counts };
    this.#rows.set(index, row);
    return row;
  }

  #emitComplete(): void {
    const reached = Math.min(
      ...this.#options.liveWorkers().map((worker) => this.#lastIndex.get(worker) ?? -1),
    );
    for (const index of [...this.#rows.keys()].sort((a, b) => a - b)) if (index < reached) this.#emit(index);
  }

  #emit(index: number): void {
    const row = this.#rows.get(index);
    if (row === undefined) return;
    this.#rows.delete(index);
    const { counts, latencies, loopDelays } = row;
    const result: IntervalRow = {
      t: index,
      phase: this.#phaseAt(index),
      offered: this.#options.offeredIn(index) ?? counts.sent,
      sent: counts.sent,
      acked: counts.acked,
      delivered: latencies.count('delivery_latency'),
      completed: counts.completed,
      connections: counts.connections,
      errors: counts.errors,
      latencies: latencies.row(),
      cpu: counts.cpu_s,
      loopDelay_us: { p99_us: loopDelays.percentile(99), max_us: loopDelays.max_us },
    };
    this.#complete.push(result);
    this.#hold(index, latencies);
    this.#options.onRow(result, {
      rejected: counts.rejected,
      sendLagP99_us: latencies.percentile('send_lag', 99),
    });
  }

  /** What is never answered is known only later: the row of the second in which it was due changes then. */
  #censor(metric: LatencyMetric, second: number, count: number): void {
    const at = this.#complete.findIndex(({ t }) => t === second);
    const row = this.#complete[at];
    const held = this.#rows.get(second)?.latencies ?? this.#held.get(second);
    held?.censor(metric, count);
    if (row === undefined) {
      if (held === undefined) this.#rowAt(second).latencies.censor(metric, count);
      return;
    }
    const latencies = held?.row() ?? {
      ...row.latencies,
      [metric]: withCensored(row.latencies[metric], count),
    };
    this.#complete[at] = { ...row, latencies };
  }

  #hold(second: number, latencies: SecondOfLatencies): void {
    this.#held.set(second, latencies);
    for (const old of this.#held.keys()) if (old < second - this.#options.hold_s) this.#held.delete(old);
  }

  #phaseAt(second: number): string {
    const atNs = (second + 0.5) * NS_PER_S;
    return this.#options.phases.find((phase) => atNs < phase.endNs)?.name ?? 'drain';
  }
}

type Totalled = Record<'sent' | 'acked' | 'completed' | 'errors' | 'rejected', number>;
const NOTHING: Totalled = { sent: 0, acked: 0, completed: 0, errors: 0, rejected: 0 };

function totalled({ rows, words }: CounterRows): Totalled {
  const sum = (names: readonly CounterMetric[]): number =>
    names.reduce(
      (total, name) =>
        total + rows.reduce((inner, row) => inner + (row[COUNTER_NAMES.indexOf(name)] ?? 0), 0),
      0,
    );
  const rejected = sumWords(words.events_rejected);
  return {
    sent: sum(['events_sent', 'queries_sent']),
    acked: sum(['events_accepted', 'events_duplicate']),
    completed: sum(['queries_completed']),
    rejected,
    errors: sum(ERRORS) + rejected + sumWords(words.connection_errors) + sumWords(words.close_codes),
  };
}

function sumWords(rows: readonly ReadonlyMap<string, number>[]): number {
  return rows.flatMap((row) => [...row.values()]).reduce((sum, count) => sum + count, 0);
}
