import { ACCOUNTS, type OperationAccount } from '../metric/accounts.ts';
import { baseLatency } from '../metric/catalogue.ts';
import {
  COUNTER_MAP_NAMES,
  type CounterMapMetric,
  counterMapDefinition,
  isWordCounter,
} from '../metric/counter-maps.ts';
import { COUNTER_NAMES, type CounterMetric, counterDefinition } from '../metric/counters.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { latencyDefinition } from '../metric/latencies.ts';
import { parseSeriesKey, seriesKey, singleLabels } from '../metric/series.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { Plan } from '../plan/plan.ts';
import type { Counters } from '../result/schema.ts';
import { countIn } from './count-in.ts';
import type { CounterRows, SeriesDelta } from './messages.ts';

/** Samples and counters of the whole run, merged over workers; histograms are added, never averaged. */
export class Totals {
  readonly #plan: Plan;
  readonly #series: SeriesTable;
  readonly #histograms = new Map<number, LatencyHistogram>();
  readonly #counters = new Map<number, CounterRows>();

  constructor(plan: Plan, series: SeriesTable) {
    this.#plan = plan;
    this.#series = series;
  }

  addSamples(samples: readonly SeriesDelta[]): void {
    for (const { series, phase, delta } of samples) {
      const at = phase * this.#series.keys.length + series;
      let histogram = this.#histograms.get(at);
      if (histogram === undefined) {
        histogram = new LatencyHistogram();
        this.#histograms.set(at, histogram);
      }
      histogram.addDelta(delta);
    }
  }

  /** Counters are cumulative: the newest of each worker counts. */
  setCounters(worker: number, counters: CounterRows): void {
    this.#counters.set(worker, counters);
  }

  /**
   * A lost worker answers no more: what it had written and not settled is lost with its connections. So the
   * conservation of operations holds for the rest of the run as well.
   */
  settleLost(worker: number): void {
    const lost = this.#counters.get(worker);
    if (lost === undefined) return;
    const rows = lost.rows.map((row, phase) => {
      const settled = row.slice();
      for (const account of ACCOUNTS) {
        const open = countIn(row, account.sent) - endedIn(lost, phase, account);
        settled[COUNTER_NAMES.indexOf(account.lost)] = countIn(row, account.lost) + open;
      }
      return settled;
    });
    this.#counters.set(worker, { ...lost, rows });
  }

  /** Results by series key: measured phases together and, where there are several, each of them. */
  histograms(): Map<string, LatencyHistogram> {
    const result = new Map<string, LatencyHistogram>();
    const measured = this.#measuredPhases();
    for (const [series, key] of this.#series.keys.entries()) {
      for (const phase of this.#phasesOf(series, measured)) {
        const histogram = this.#histograms.get(phase * this.#series.keys.length + series);
        if (histogram === undefined) continue;
        for (const target of this.#targetsOf(key, phase, measured.length > 1))
          merge(result, target, histogram);
      }
    }
    return result;
  }

  counters(): Counters {
    const plain = COUNTER_NAMES.map((name) => [name, this.#sum(name)]);
    const maps = COUNTER_MAP_NAMES.map((name) => [name, this.#sumWords(name)]);
    return Object.fromEntries([...plain, ...maps]) as Counters;
  }

  /** Sum of a counter in one phase. */
  ofPhase(name: CounterMetric, phase: number): number {
    const index = COUNTER_NAMES.indexOf(name);
    let sum = 0;
    for (const { rows } of this.#counters.values()) sum += rows[phase]?.[index] ?? 0;
    return sum;
  }

  /** Where a histogram goes: the key with each of its labels alone, the key without any, and all of them with the phase. */
  #targetsOf(key: string, phase: number, isPerPhase: boolean): readonly string[] {
    const parsed = parseSeriesKey(key);
    if (parsed === null) return [key];
    const { name, labels } = parsed;
    const plain = [{}, ...singleLabels(labels)];
    const phaseName = this.#plan.phases[phase]?.name;
    const phased =
      isPerPhase && phaseName !== undefined ? plain.map((each) => ({ ...each, phase: phaseName })) : [];
    return [...plain, ...phased].map((each) => seriesKey(name, each));
  }

  /** Connections open during the ramp, unless the run measures a storm of its own. */
  #phasesOf(series: number, measured: readonly number[]): readonly number[] {
    const metric = this.#series.metrics[series];
    if (metric !== undefined && latencyDefinition(baseLatency(metric)).span === 'run') return this.#allRows();
    const isConnect = metric !== undefined && baseLatency(metric) === 'connect_latency';
    const { streams, opened } = this.#plan;
    const isLoad = streams.some(({ opens }) => opens) || opened.some(({ isTimed }) => isTimed);
    return isConnect && !isLoad ? [this.#plan.phases.length] : measured;
  }

  #measuredPhases(): readonly number[] {
    return this.#plan.phases.flatMap((phase, index) => (phase.kind === 'measured' ? [index] : []));
  }

  /** What concerns connections counts from the ramp on, operations only where they were measured. */
  #rowsOf(span: 'run' | undefined): readonly number[] {
    return span === 'run' ? this.#allRows() : this.#measuredPhases();
  }

  #allRows(): readonly number[] {
    return Array.from({ length: this.#plan.phases.length + 1 }, (_, row) => row);
  }

  #sumOver(name: CounterMetric, rows: readonly number[]): number {
    return rows.reduce((sum, row) => sum + this.ofPhase(name, row), 0);
  }

  #sum(name: CounterMetric): number {
    const { span, explainedBy } = counterDefinition(name);
    if (explainedBy === undefined) return this.#sumOver(name, this.#rowsOf(span));
    const rows = this.#allRows();
    const claimed = this.#sumOver(name, rows);
    return Math.max(0, claimed - this.#sumOver(explainedBy as CounterMetric, rows));
  }

  #sumWords(name: CounterMapMetric): Record<string, number> {
    const result = new Map<string, number>();
    for (const { words } of this.#counters.values()) {
      for (const row of this.#rowsOf(counterMapDefinition(name).span)) {
        for (const [word, count] of words[name][row] ?? []) result.set(word, (result.get(word) ?? 0) + count);
      }
    }
    return Object.fromEntries(result);
  }
}

/** Operations of a phase that have ended. */
function endedIn({ rows, words }: CounterRows, phase: number, { ends }: OperationAccount): number {
  return Object.values(ends).reduce((sum, name) => {
    if (!isWordCounter(name)) return sum + countIn(rows[phase], name);
    const counts = [...(words[name][phase]?.values() ?? [])];
    return counts.reduce((total, count) => total + count, sum);
  }, 0);
}

function merge(result: Map<string, LatencyHistogram>, key: string, histogram: LatencyHistogram): void {
  const target = result.get(key) ?? new LatencyHistogram();
  target.add(histogram);
  result.set(key, target);
}
