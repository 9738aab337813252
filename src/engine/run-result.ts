import type { Failure, Invalidity } from '../judge/blame.ts';
import type { Observations } from '../judge/observations.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import type { LatencySummary } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';

/**
 * What the engine measured. `record/build` turns it, with the environment, the target and the gates, into the
 * run record.
 */
export interface RunResult
  extends Pick<
    RunRecord,
    | 'startedAt'
    | 'durationMs'
    | 'partial'
    | 'load'
    | 'counters'
    | 'intervals'
    | 'ratios'
    | 'noticeSamples'
    | 'notMeasured'
  > {
  readonly corpus: RunRecord['corpus'];
  readonly findings: Observations['findings'];
  readonly evidence: Observations['evidence'];
  /** By series key, measured phases only; with several phases also one series a phase (`{phase=…}`). */
  readonly histograms: ReadonlyMap<string, LatencyHistogram>;
  /** What percentiles are worth, by series key; see `metric/seconds`. */
  readonly effective?: ReadonlyMap<string, NonNullable<LatencySummary['effective']>>;
  /** Without `ceiling`. */
  readonly generator: Omit<RunRecord['generator'], 'ceiling'>;
  /** What the target did that fails the run whatever its gates say. */
  readonly failures: readonly Failure[];
  /** Why the run is invalid whatever its gates say. */
  readonly invalidities: readonly Invalidity[];
  /** What a reader must know besides the standard caveats. */
  readonly remarks: readonly string[];
  /** Why the run ended early, or null. */
  readonly stopped: 'SIGINT' | 'SIGTERM' | 'abort' | null;
}
