import { monotonicNs, NS_PER_S, NS_PER_US } from '../../base/clock.ts';
import type { UpgradeRefusal } from '../../base/upgrade-refusal.ts';
import { ANSWER_LATENCIES } from '../../metric/catalogue.ts';
import { COUNTER_MAP_NAMES, type CounterMapMetric, counterMapDefinition } from '../../metric/counter-maps.ts';
import { COUNTER_NAMES, type CounterMetric, counterDefinition } from '../../metric/counters.ts';
import { LatencyHistogram } from '../../metric/histogram.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { PlannedPhase } from '../../plan/parts.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';
import type { CensoredCount, CounterRows, SeriesDelta, WorkerInterval } from '../messages.ts';
import type { MomentCounts } from './moment-counts.ts';

const COUNTER_INDEX = Object.fromEntries(COUNTER_NAMES.map((name, index) => [name, index])) as Record<
  CounterMetric,
  number
>;

/** Counters that a second counts among its errors. */
const IS_ERROR: ReadonlySet<string> = new Set([
  ...COUNTER_NAMES.filter((name) => counterDefinition(name).row?.includes('errors') === true),
  ...COUNTER_MAP_NAMES.filter((name) => counterMapDefinition(name).row?.includes('errors') === true),
]);

/** A relay chooses these words: without a bound it could fill the memory and the report. */
const MAX_WORDS = 32;
/** Readers of JSON drop this key, since it would change what an object inherits; a count must not vanish with it. */
const NO_KEY = '__proto__';
const MAX_NOTICES = 20;
const MAX_NOTICE_CHARACTERS = 300;

/**
 * Where samples end: one histogram per series and phase that holds the current second, and one row of counters
 * per phase. Memory does not grow with the length of the run.
 */
export class Recorder implements SampleSink {
  readonly #moments: MomentCounts | null;
  /** By series: whether its samples are the wanted ends of operations. */
  readonly #isAnswer: readonly boolean[];
  readonly #phaseEndsNs: readonly number[];
  readonly #seriesCount: number;
  readonly #histograms: (LatencyHistogram | undefined)[];
  readonly #rows: readonly Float64Array[];
  readonly #words: Record<CounterMapMetric, Map<string, number>[]>;
  /** By second of the schedule and series. */
  readonly #censored = new Map<number, number>();
  readonly #notices: string[] = [];
  /** The first of each status. */
  readonly #refusals = new Map<number, UpgradeRefusal>();

  /** @param moments left out where nobody asks when in a second something came */
  constructor(phases: readonly PlannedPhase[], series: SeriesTable, moments: MomentCounts | null = null) {
    this.#moments = moments;
    this.#isAnswer = series.metrics.map((name) => (ANSWER_LATENCIES as readonly string[]).includes(name));
    this.#phaseEndsNs = phases.map((phase) => phase.endNs);
    this.#seriesCount = series.keys.length;
    this.#histograms = new Array(this.#seriesCount * (phases.length + 1));
    this.#rows = Array.from({ length: phases.length + 1 }, () => new Float64Array(COUNTER_NAMES.length));
    const maps = (): Map<string, number>[] => this.#rows.map(() => new Map());
    this.#words = Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, maps()])) as Record<
      CounterMapMetric,
      Map<string, number>[]
    >;
  }

  /** The row of everything that happens outside the phases: ramp, preparation. */
  get outside(): number {
    return this.#rows.length - 1;
  }

  get notices(): readonly string[] {
    return this.#notices;
  }

  phaseOf(offsetNs: number): number {
    const last = this.#phaseEndsNs.length - 1;
    for (let phase = 0; phase < last; phase++)
      if (offsetNs < (this.#phaseEndsNs[phase] as number)) return phase;
    return last;
  }

  latency(series: number, phase: number, fromNs: number, toNs: number): void {
    if (series < 0) return;
    this.#histogram(series, phase).record((toNs - fromNs) / NS_PER_US);
    if (this.#moments !== null && this.#isAnswer[series] === true) this.#moments.answer(toNs);
  }

  censored(series: number, phase: number, offsetNs: number, times = 1): void {
    if (series < 0 || times === 0) return;
    this.#histogram(series, phase).censor(times);
    const key = Math.max(0, Math.floor(offsetNs / NS_PER_S)) * this.#seriesCount + series;
    this.#censored.set(key, (this.#censored.get(key) ?? 0) + times);
  }

  count(phase: number, counter: CounterMetric, by = 1): void {
    const row = this.#rows[phase] as Float64Array;
    const index = COUNTER_INDEX[counter];
    row[index] = (row[index] as number) + by;
    if (this.#moments !== null && IS_ERROR.has(counter)) this.#moments.error(monotonicNs());
  }

  countWord(phase: number, map: CounterMapMetric, word: string): void {
    const words = this.#words[map][phase] as Map<string, number>;
    const isKept = word !== NO_KEY && (words.has(word) || words.size < MAX_WORDS);
    const key = isKept ? word : 'other';
    words.set(key, (words.get(key) ?? 0) + 1);
    if (this.#moments !== null && IS_ERROR.has(map)) this.#moments.error(monotonicNs());
  }

  /** A connection that could not be opened; `refusal` where the relay answered its upgrade. */
  connectionFailed(phase: number, reason: string, refusal?: UpgradeRefusal): void {
    this.countWord(phase, 'connection_errors', reason);
    if (refusal === undefined || this.#refusals.size >= MAX_WORDS) return;
    if (!this.#refusals.has(refusal.status)) this.#refusals.set(refusal.status, refusal);
  }

  /** What refused upgrades said besides their status, the first of each. */
  get refusals(): readonly UpgradeRefusal[] {
    return [...this.#refusals.values()];
  }

  notice(text: string): void {
    if (this.#notices.length < MAX_NOTICES) this.#notices.push(text.slice(0, MAX_NOTICE_CHARACTERS));
  }

  /** What a second of a worker reports of its operations. */
  take(): Pick<WorkerInterval, 'samples' | 'censored' | 'moments'> {
    const taken = { samples: this.takeSamples(), censored: this.takeCensored() };
    return this.#moments === null ? taken : { ...taken, moments: this.#moments.take() };
  }

  /** What was recorded since the last call; the histograms start anew. */
  takeSamples(): readonly SeriesDelta[] {
    const samples: SeriesDelta[] = [];
    for (const [at, histogram] of this.#histograms.entries()) {
      if (histogram === undefined || histogram.count + histogram.censored === 0) continue;
      samples.push({
        series: at % this.#seriesCount,
        phase: Math.floor(at / this.#seriesCount),
        delta: histogram.toDelta(),
      });
      histogram.reset();
    }
    return samples;
  }

  /** What never ended, by the second in which it was due, since the last call. */
  takeCensored(): readonly CensoredCount[] {
    const counts = [...this.#censored].map(([key, count]) => ({
      series: key % this.#seriesCount,
      second: Math.floor(key / this.#seriesCount),
      count,
    }));
    this.#censored.clear();
    return counts;
  }

  /** All counters since the start. */
  counters(): CounterRows {
    const words = COUNTER_MAP_NAMES.map((name) => [name, this.#words[name].map((map) => new Map(map))]);
    return {
      rows: this.#rows.map((row) => row.slice()),
      words: Object.fromEntries(words) as CounterRows['words'],
    };
  }

  #histogram(series: number, phase: number): LatencyHistogram {
    const at = phase * this.#seriesCount + series;
    const known = this.#histograms[at];
    if (known !== undefined) return known;
    const histogram = new LatencyHistogram();
    this.#histograms[at] = histogram;
    return histogram;
  }
}
