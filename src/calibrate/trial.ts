import type * as z from 'zod';
import { runPlan } from '../engine/coordinator.ts';
import { buildPlan } from '../plan/build-plan.ts';
import type { Placement } from '../plan/placement.ts';
import type { IntervalRow } from '../record/schema.ts';
import type { RunResult } from '../result/run-result.ts';
import { scenarioSchema } from '../scenario/schema.ts';

type ScenarioInput = z.input<typeof scenarioSchema>;

/** What a trial puts workers through. */
export interface TrialLoad extends Pick<ScenarioInput, 'workloads' | 'connections' | 'phases' | 'scheduler'> {
  /** Default none. */
  readonly warmup?: string;
}

export interface Trial {
  readonly load: TrialLoad;
  /** Of the null relay. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** Ends the trial early when it returns true for a second that is over. */
  readonly isEnough?: (row: IntervalRow) => boolean;
  /**
   * Whether a late worker may let frames share writes, as in a run; default false: a run is held against what a worker
   * does that keeps its schedule.
   */
  readonly catchUp?: boolean | undefined;
  /** Worker processes; default 1. */
  readonly workers?: number | undefined;
  /** Left out, the system decides which core does what. */
  readonly placement?: Placement | undefined;
}

export interface TrialResult {
  readonly result: RunResult;
  /** The whole seconds of the measured phases in which load was offered. */
  readonly rows: readonly IntervalRow[];
}

/** Connections opened a second before a trial: as fast as a worker can. */
const RAMP_RATE = '5000/s';
const SHARED = {
  name: 'calibration',
  description: 'what one worker can do on this machine',
  drain: '2s',
  // Verification runs on a thread of its own, beside the worker's core.
  verify: '0%',
} as const;

/** Carries out a load with the real engine, as in a run. */
export async function runTrial({
  load,
  url,
  signal,
  isEnough,
  catchUp = false,
  workers = 1,
  placement,
}: Trial): Promise<TrialResult> {
  const enough = new AbortController();
  const scenario = scenarioSchema.parse({
    ...SHARED,
    ...load,
    connections: { rate: RAMP_RATE, ...load.connections },
    warmup: load.warmup ?? '0s',
  });
  const overrides = { workers, noDefaultGates: true };
  const result = await runPlan({
    plan: {
      ...buildPlan({ scenario, targets: [url], cores: 1, overrides }),
      catchUp,
      ...(placement === undefined ? {} : { placement }),
    },
    signal: AbortSignal.any([signal, enough.signal]),
    onProgress: (event) => {
      if (event.type === 'interval' && isEnough?.(event.row) === true) enough.abort('enough');
    },
  });
  return { result, rows: offeringRows(result) };
}

/** Replies come in after the last second, too, but there the CPU of sending is missing. */
function offeringRows({ intervals, load }: RunResult): readonly IntervalRow[] {
  const start_s = load.phases.find((phase) => phase.kind === 'measured')?.start_s ?? 0;
  return intervals.filter((row) => row.t >= start_s && row.t + 1 <= start_s + load.measured_s);
}
