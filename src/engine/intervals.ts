import { NS_PER_S } from '../base/clock.ts';
import { BASE_LATENCIES, type LatencyMetric } from '../metric/catalogue.ts';
import { COUNTER_MAP_NAMES, counterMapDefinition } from '../metric/counter-maps.ts';
import { COUNTER_NAMES, counterDefinition } from '../metric/counters.ts';
import type { SecondCount } from '../metric/definition.ts';
import { addDeltas, longestOf, percentileOfDelta } from '../metric/delta.ts';
import type { HistogramDelta } from '../metric/histogram.ts';
import { latencyDefinition } from '../metric/latencies.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { PlannedPhase } from '../plan/parts.ts';
import type { IntervalRow } from '../result/schema.ts';
import { SecondOfLatencies, withCensored } from './interval-latencies.ts';
import type { CounterRows, WorkerInterval } from './messages.ts';
import { addGrowth, type Reasons, reasonsIn } from './second-reasons.ts';

/** What the display of a second needs beyond its row. */
export interface IntervalExtras {
  readonly rejected: number;
  readonly sendLagP99_us: number | null;
}

const DELIVERED = BASE_LATENCIES.filter((name) => latencyDefinition(name).row === 'delivered');

interface OpenRow {
  readonly latencies: SecondOfLatencies;
  loopDelays: HistogramDelta | null;
  readonly reported: Set<number>;
  readonly reasons: Map<string, number>;
  readonly counts: Record<SecondCount | 'connections' | 'cpu_s', number>;
}

export interface IntervalMergerOptions {
  readonly series: SeriesTable;
  readonly phases: readonly PlannedPhase[];
  /** Arrivals scheduled in a second; undefined where not all have a schedule. */
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
  readonly #reasonsBefore = new Map<number, Reasons>();
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
    for (const key of SECOND_COUNTS) row.counts[key] += now[key] - before[key];
    row.counts.connections += interval.connections.open;
    row.counts.cpu_s += interval.health.cpu_s;
    this.#before.set(worker, now);
    const reasons = reasonsIn(interval.counters);
    addGrowth(row.reasons, reasons, this.#reasonsBefore.get(worker) ?? new Map());
    this.#reasonsBefore.set(worker, reasons);
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
    const { loopDelay_us } = interval.health;
    row.loopDelays = row.loopDelays === null ? loopDelay_us : addDeltas(row.loopDelays, loopDelay_us);
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
    const latencies = new SecondOfLatencies(this.#options.keepHistograms);
    const row: OpenRow = { latencies, loopDelays: null, reported: new Set(), reasons: new Map(), counts };
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
    const { counts, reasons, latencies, loopDelays } = row;
    const result: IntervalRow = {
      t: index,
      phase: this.#phaseAt(index),
      offered: this.#options.offeredIn(index) ?? counts.sent,
      sent: counts.sent,
      acked: counts.acked,
      delivered: DELIVERED.reduce((sum, name) => sum + latencies.count(name), 0),
      completed: counts.completed,
      connections: counts.connections,
      errors: counts.errors,
      ...(reasons.size === 0 ? {} : { reasons: Object.fromEntries(reasons) }),
      latencies: latencies.row(),
      cpu: counts.cpu_s,
      loopDelay_us: {
        p99_us: loopDelays === null ? null : percentileOfDelta(loopDelays, 99),
        max_us: longestOf(loopDelays),
      },
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

type Totalled = Record<SecondCount, number>;
const SECOND_COUNTS = ['sent', 'acked', 'completed', 'errors', 'rejected'] as const;
const NOTHING: Totalled = { sent: 0, acked: 0, completed: 0, errors: 0, rejected: 0 };

/** The counters that a second puts together under each name. */
const PARTS = SECOND_COUNTS.map((name) => ({
  name,
  counters: COUNTER_NAMES.flatMap((counter, index) =>
    counterDefinition(counter).row?.includes(name) === true ? [index] : [],
  ),
  maps: COUNTER_MAP_NAMES.filter((map) => counterMapDefinition(map).row?.includes(name) === true),
}));

function totalled({ rows, words }: CounterRows): Totalled {
  const all = PARTS.map(({ name, counters, maps }) => {
    const plain = rows.flatMap((row) => counters.map((index) => row[index] ?? 0));
    const byWord = maps.flatMap((map) => words[map].flatMap((row) => [...row.values()]));
    return [name, [...plain, ...byWord].reduce((sum, count) => sum + count, 0)] as const;
  });
  return { ...NOTHING, ...Object.fromEntries(all) };
}
