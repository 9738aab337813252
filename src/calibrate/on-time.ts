import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { SATURATED_UTILIZATION } from '../engine/health-summary.ts';
import { DELAYED_US, LATE_US } from '../engine/validity.ts';
import type { Placement } from '../plan/placement.ts';
import type { RunResult } from '../result/run-result.ts';
import type { OnTime } from './calibration.ts';
import type { TrialPlace } from './measure.ts';
import { type RateSearch, searchRate } from './rate-search.ts';
import { runTrial } from './trial.ts';

export interface OnTimeRequest extends TrialPlace {
  readonly connections: number;
  /** Default 1. */
  readonly workers?: number;
  /** Left out, the system decides which core does what. */
  readonly placement?: Placement;
  /** Default as in scenarios. */
  readonly contentBytes?: number;
  /** How long a rate must be held, after a second of warm-up. */
  readonly hold_s: number;
  readonly search: Pick<RateSearch, 'first_per_s' | 'step' | 'precision'>;
}

/** Below this a generator is no generator. */
const LEAST_PER_S = 500;
const MOST_PER_S = 2_000_000;

/**
 * The highest rate of events, open model, at which a worker is on time: 99 % of them written within 5 ms after their time, its
 * event loop neither saturated nor late. A run that is late may do more and proves nothing.
 * @returns null where not even the lowest rate was on time, or it was interrupted
 * @throws RelayBenchError `CALIBRATION_FAILED` (exit code 3) where a rate could not be tried: that says nothing of it
 */
export async function measureOnTime(
  request: OnTimeRequest,
  run: typeof runTrial = runTrial,
): Promise<OnTime | null> {
  const { connections, workers = 1, search, signal } = request;
  const limits = { least_per_s: LEAST_PER_S * workers, most_per_s: MOST_PER_S * workers };
  const { held, failed_per_s } = await searchRate({ ...search, ...limits }, async (rate_per_s) =>
    signal.aborted ? null : lagAtRate(request, rate_per_s, run),
  );
  if (held === null || signal.aborted) return null;
  return {
    connections,
    workers,
    rate_per_s: held.rate_per_s,
    failed_per_s,
    p50_us: held.seen.p50_us,
    p99_us: held.seen.p99_us,
  };
}

type Lag = Pick<OnTime, 'p50_us' | 'p99_us'>;

/** How late the writes at a rate are; null where it is not on time, or was interrupted. @throws as {@link measureOnTime} */
export async function lagAtRate(
  { url, signal, connections, workers, placement, contentBytes, hold_s }: Omit<OnTimeRequest, 'search'>,
  rate_per_s: number,
  run: typeof runTrial = runTrial,
): Promise<Lag | null> {
  const { result } = await run({
    url,
    signal,
    workers,
    placement,
    // As in a run: what is found is what a run can offer.
    catchUp: true,
    load: {
      connections: { count: connections },
      workloads: { publish: { rate: `${rate_per_s}/s`, contentBytes } },
      warmup: '1s',
      phases: [{ name: 'steady', duration: `${hold_s}s` }],
    },
  });
  if (signal.aborted) return null;
  throwWhereFailed(result, rate_per_s);
  return lagOnTime(result);
}

/** A worker that died, a relay that is gone, a machine without descriptors: none of that is a rate that is too high. */
function throwWhereFailed({ invalidities, failures }: RunResult, rate_per_s: number): void {
  const failure = [...invalidities, ...failures].find(({ kind }) => kind !== 'load-not-offered');
  if (failure === undefined) return;
  throw new RelayBenchError(`the rate on time could not be measured, at ${rate_per_s}/s: ${failure.text}`, {
    code: 'CALIBRATION_FAILED',
    hint: 'calibrate again; `relay-bench doctor` shows the limits of this machine',
    exitCode: EXIT.unreachable,
  });
}

/**
 * How late the writes of a run were; null where it was not on time. Every second counts: a trial has one or two of them, and of so few
 * no doubt of a run is ever sure.
 */
function lagOnTime({ invalidities, generator, histograms }: RunResult): Lag | null {
  const { doubts, eventLoopUtilization, eventLoopDelay_us } = generator;
  if (invalidities.length + doubts.length > 0) return null;
  const [busiest, delay_us] = [eventLoopUtilization.max, eventLoopDelay_us.p99_us];
  if (busiest === null || busiest > SATURATED_UTILIZATION) return null;
  if (delay_us === null || delay_us > DELAYED_US) return null;
  const lag = histograms.get('send_lag');
  const [p50_us, p99_us] = [lag?.percentile(50) ?? null, lag?.percentile(99) ?? null];
  return p50_us === null || p99_us === null || p99_us > LATE_US ? null : { p50_us, p99_us };
}
