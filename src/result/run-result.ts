import type { Failure, Invalidity } from '../judge/blame.ts';
import type { Observations } from '../judge/observations.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import type { LatencySummary } from '../metric/summary.ts';
import type { Moments } from './moments.ts';
import type { Corpus, Counters, Generator, IntervalRow, Load } from './schema.ts';

/**
 * What the engine measured. `record/build` turns it, with the environment, the target and the gates, into the
 * run record.
 */
export interface RunResult {
  /** Start of the load, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Whether the run ended before its time, or lost a worker. */
  readonly partial: boolean;
  readonly load: Load;
  readonly counters: Counters;
  readonly intervals: IntervalRow[];
  /** Answers and errors in slices of time; left out where no fault is planned. */
  readonly moments?: Moments;
  readonly ratios: Record<string, number | null>;
  readonly noticeSamples: string[];
  /** Why a number could not be had, by its key. */
  readonly notMeasured: Record<string, string>;
  readonly corpus: Corpus;
  readonly findings: Observations['findings'];
  readonly evidence: Observations['evidence'];
  /** By series key, measured phases only; with several phases also one series a phase (`{phase=…}`). */
  readonly histograms: ReadonlyMap<string, LatencyHistogram>;
  /** What percentiles are worth, by series key; see `metric/seconds`. */
  readonly effective?: ReadonlyMap<string, NonNullable<LatencySummary['effective']>>;
  readonly generator: Generator;
  /** What the target did that fails the run whatever its gates say. */
  readonly failures: readonly Failure[];
  /** Why the run is invalid whatever its gates say. */
  readonly invalidities: readonly Invalidity[];
  /** What a reader must know besides the standard caveats. */
  readonly remarks: readonly string[];
  /** Why the run ended early, or null. */
  readonly stopped: 'SIGINT' | 'SIGTERM' | 'abort' | null;
}
