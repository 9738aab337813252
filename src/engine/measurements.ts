import { NS_PER_S } from '../base/clock.ts';
import { refusedUpgrades, type UpgradeRefusal } from '../base/upgrade-refusal.ts';
import type { Failure, Invalidity } from '../judge/blame.ts';
import { Casebook, type Observations } from '../judge/observations.ts';
import { sumOfNouns } from '../metric/accounts.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { buildSeriesTable, type SeriesTable } from '../metric/series-table.ts';
import { type CpuTimes, stealShare } from '../observe/steal.ts';
import type { Plan } from '../plan/plan.ts';
import type { OnProgress } from '../result/progress.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Load } from '../result/schema.ts';
import { Achieved } from './achieved.ts';
import { blameCloses } from './blame-target.ts';
import { Dependence } from './dependence.ts';
import { emptySeries } from './empty-series.ts';
import { sumConnections } from './fleet.ts';
import { measuredPhases, wholeRun } from './generator-parts.ts';
import { HealthSummary } from './health-summary.ts';
import { holdOf } from './interval-latencies.ts';
import { IntervalMerger } from './intervals.ts';
import { LoadAccount } from './load-account.ts';
import type { ConnectionCounts, CounterRows, WorkerInterval } from './messages.ts';
import { MomentSums } from './moment-sums.ts';
import { countOffered, hasUnplanned, type Offered } from './offered.ts';
import { GRACE_S, Punctuality } from './punctuality.ts';
import { computeRatios } from './ratios.ts';
import { corpusOf, exhaustionText } from './run-corpus.ts';
import { Totals } from './totals.ts';
import type { WorkerLoss } from './transport.ts';
import { blameGenerator, blameMachine, type GeneratorBlame } from './validity.ts';

export interface MeasurementsOptions {
  readonly plan: Plan;
  readonly onProgress: OnProgress;
  readonly liveWorkers: () => readonly number[];
}

/** How and when the run ended. */
export interface RunEnd {
  /** Start of the load, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly stopped: RunResult['stopped'];
  readonly losses: readonly WorkerLoss[];
}

/** Collects what the workers report and makes the result of the run from it. */
export class Measurements {
  readonly #options: MeasurementsOptions;
  readonly #series: SeriesTable;
  readonly #totals: Totals;
  readonly #intervals: IntervalMerger;
  readonly #moments = new MomentSums();
  readonly #dependence: Dependence;
  readonly #health: HealthSummary;
  readonly #connections = new Map<number, ConnectionCounts>();
  readonly #notices: string[] = [];
  readonly #problems: Invalidity[] = [];
  readonly #casebook = new Casebook();
  readonly #remarks: string[] = [];
  readonly #refusals = new Map<number, UpgradeRefusal>();
  readonly #failures: Failure[] = [];
  #startNs: number | null = null;
  readonly #offered: Offered;
  readonly #cpuTimes: Record<'start' | 'end', CpuTimes | null> = { start: null, end: null };
  readonly #measured: { startNs: number; endNs: number };
  readonly #punctuality: Punctuality;
  readonly #achieved = new Achieved();
  #cutNs = Number.POSITIVE_INFINITY;

  constructor(options: MeasurementsOptions) {
    const { plan, onProgress, liveWorkers } = options;
    this.#options = options;
    this.#series = buildSeriesTable(plan.latencies, plan.labels);
    this.#totals = new Totals(plan, this.#series);
    this.#dependence = new Dependence(this.#series, plan.phases);
    this.#offered = countOffered(plan, Number.POSITIVE_INFINITY);
    this.#measured = measuredSpan(plan);
    this.#punctuality = new Punctuality(plan.phases);
    this.#health = new HealthSummary((second) => this.#measuredPhaseOf(second));
    this.#intervals = new IntervalMerger({
      series: this.#series,
      phases: plan.phases,
      keepHistograms: plan.keepSeconds,
      hold_s: holdOf(plan),
      offeredIn: (second) =>
        plan.load.model === 'closed' || hasUnplanned(plan)
          ? undefined
          : (this.#offered.perSecond[second] ?? 0),
      liveWorkers,
      onRow: (row, extras) => onProgress({ type: 'interval', row, ...extras }),
    });
  }

  addInterval(worker: number, interval: WorkerInterval): void {
    this.#totals.addSamples(interval.samples);
    this.#dependence.add(interval);
    this.#moments.add(interval.moments ?? []);
    this.#totals.setCounters(worker, interval.counters);
    this.#health.add(worker, interval);
    this.#connections.set(worker, interval.connections);
    this.#countAchieved(worker, interval);
    this.#intervals.add(worker, interval);
  }

  /** What a worker has counted before the load. */
  setCounters(worker: number, counters: CounterRows): void {
    this.#totals.setCounters(worker, counters);
  }

  /** @returns the connections of all workers */
  setConnections(worker: number, counts: ConnectionCounts): ConnectionCounts {
    this.#connections.set(worker, counts);
    return sumConnections([...this.#connections.values()]);
  }

  addRefusals(refusals: readonly UpgradeRefusal[]): void {
    for (const refusal of refusals) this.#refusals.set(refusal.status, refusal);
  }

  /** What a worker has seen of the relay besides numbers. */
  addSeen(notices: readonly string[], observations: Observations): void {
    this.#notices.push(...notices);
    this.#casebook.add(observations);
  }

  /** What a worker has found while it prepared: what the corpus lacks, and what a reader must know. */
  addFindings(problems: readonly string[], remarks: readonly string[]): void {
    this.#problems.push(...problems.map((text): Invalidity => ({ kind: 'preparation-incomplete', text })));
    this.#remarks.push(...remarks);
  }

  /** What the target did to the preparation. */
  addFailures(failures: readonly Failure[]): void {
    this.#failures.push(...failures);
  }

  /** The load starts at this monotonic time. */
  setStart(startNs: number): void {
    this.#startNs = startNs;
  }

  /**
   * The closed model is over where every worker has run out of events.
   * @param exhaustedNs when each of them had, ns after the start; null for those that had not
   */
  endWith(exhaustedNs: readonly (number | null)[]): void {
    const times = exhaustedNs.filter((time) => time !== null);
    if (times.length === 0 || times.length < exhaustedNs.length) return;
    this.cut(Math.max(...times));
    this.#remarks.push(exhaustionText(Math.max(...times)));
  }

  setCpuTimes(edge: 'start' | 'end', times: CpuTimes | null): void {
    this.#cpuTimes[edge] = times;
  }

  /** Offering was stopped at this offset: what was scheduled later was never offered. */
  cut(offsetNs: number): void {
    this.#cutNs = Math.min(this.#cutNs, offsetNs);
  }

  /** No worker reports any more: complete the seconds that are still open. */
  finishIntervals(): void {
    this.#intervals.finish();
  }

  result(end: RunEnd): RunResult {
    const { plan } = this.#options;
    for (const { index } of end.losses) this.#totals.settleLost(index);
    const account = this.#account();
    const counted = this.#totals.counters();
    const counters = end.losses.length === 0 ? counted : account.settleLost(counted);
    const connections = sumConnections([...this.#connections.values()]);
    const histograms = this.#totals.histograms();
    const load = account.summary(counters, this.#achieved.total, connections);
    const { ratios, notMeasured } = computeRatios(plan, counters, load);
    const blame = this.#blameGenerator({ load, histograms, losses: end.losses });
    return {
      startedAt: end.startedAt,
      durationMs: end.durationMs,
      partial: end.stopped !== null || end.losses.length > 0 || this.#startNs === null,
      stopped: end.stopped,
      corpus: corpusOf(plan),
      load,
      counters,
      histograms,
      effective: this.#dependence.of(histograms),
      intervals: [...this.#intervals.rows],
      ...(plan.faults.length === 0 ? {} : { moments: this.#moments.result() }),
      ratios,
      remarks: [
        ...(plan.fitted?.remarks ?? []),
        ...(plan.exhaustedNs === null ? [] : [exhaustionText(plan.exhaustedNs)]),
        ...this.#remarks,
        ...refusedUpgrades(counters.connection_errors, this.#refusals),
        ...blame.caveats,
      ],
      notMeasured: { ...notMeasured, ...emptySeries(this.#series, histograms) },
      noticeSamples: this.#notices.slice(0, 20),
      generator: { ...this.#generator(histograms), doubts: [...blame.doubts] },
      failures: [...this.#failures, ...blameCloses(connections, this.#startNs, counters.close_codes)],
      invalidities: [
        ...blame.invalidities,
        ...[counters.connection_errors, counters.reconnect_errors].flatMap(blameMachine),
        ...this.#problems,
      ],
      ...this.#observations(),
    };
  }

  #observations(): Observations {
    const { evidence, findings } = this.#casebook.observations();
    return { evidence, findings: [...(this.#options.plan.fitted?.findings ?? []), ...findings] };
  }

  #account(): LoadAccount {
    return new LoadAccount({
      plan: this.#options.plan,
      offered: this.#offered,
      cutNs: this.#cutNs,
      ofPhase: (name, phase) => this.#totals.ofPhase(name, phase),
      healthOf: (phase) => this.#health.ofPhase(phase),
    });
  }

  #generator(histograms: ReadonlyMap<string, LatencyHistogram>): Omit<RunResult['generator'], 'doubts'> {
    const lag = histograms.get('send_lag');
    const { workers, placement } = this.#options.plan;
    return {
      workers,
      ...(placement === undefined
        ? {}
        : { placement: { workers: [...placement.workers], others: [...placement.others] } }),
      ...this.#health.summary(),
      sendLag_us: {
        p50_us: lag?.percentile(50) ?? null,
        p99_us: lag?.percentile(99) ?? null,
        max_us: lag?.max_us ?? null,
      },
      steal: stealShare(this.#cpuTimes.start, this.#cpuTimes.end),
    };
  }

  #blameGenerator(parts: {
    load: Load;
    histograms: ReadonlyMap<string, LatencyHistogram>;
    losses: readonly WorkerLoss[];
  }): GeneratorBlame {
    const { load, histograms, losses } = parts;
    const lag = histograms.get('send_lag');
    return blameGenerator({
      ...wholeRun(histograms, this.#health),
      phases: measuredPhases(this.#options.plan.phases, histograms, this.#health),
      model: load.model,
      offered: sumOfNouns(load.offered),
      written: sumOfNouns(load.offered) - load.droppedArrivals,
      writtenTooLate: this.#punctuality.tooLate(lag?.count ?? 0),
      droppedArrivals: load.droppedArrivals,
      lateWhileCold: this.#punctuality.lateWhileCold,
      lostWorkers: losses.map((loss) => `worker ${loss.index}: ${loss.reason}`),
    });
  }

  #countAchieved(worker: number, interval: WorkerInterval): void {
    const isInTime = interval.index < this.#measured.endNs / NS_PER_S + GRACE_S;
    const measured = this.#measuredIndexes();
    if (isInTime) this.#achieved.setCounters(worker, interval.counters, measured);
    for (const { series, phase, delta } of interval.samples) {
      if (!measured.includes(phase)) continue;
      const metric = this.#series.metrics[series];
      if (metric === 'send_lag') this.#punctuality.add(interval.index, delta);
      if (isInTime) this.#achieved.add(metric, delta.count);
    }
  }

  #measuredIndexes(): readonly number[] {
    return this.#options.plan.phases.flatMap((phase, index) => (phase.kind === 'measured' ? [index] : []));
  }

  /** Null for a second that was not measured whole. */
  #measuredPhaseOf(second: number): number | null {
    const { startNs, endNs } = this.#measured;
    if (second * NS_PER_S < startNs || (second + 1) * NS_PER_S > endNs) return null;
    return this.#options.plan.phases.findIndex((phase) => (second + 0.5) * NS_PER_S < phase.endNs);
  }
}

function measuredSpan(plan: Plan): { startNs: number; endNs: number } {
  const measured = plan.phases.filter((phase) => phase.kind === 'measured');
  return { startNs: measured[0]?.startNs ?? 0, endNs: measured.at(-1)?.endNs ?? 0 };
}
