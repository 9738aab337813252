import type { Plan } from '../plan/plan.ts';
import type { OnProgress } from './progress.ts';
import type { RunResult } from './run-result.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly onProgress: OnProgress;
  /** Ends the run early: offering stops, in-flight work drains, the result is partial. */
  readonly signal: AbortSignal;
}

/** Carries out a plan. @throws RelayBenchError `TARGET_UNREACHABLE`, `WORKER_FAILED` */
export type RunPlan = (options: RunOptions) => Promise<RunResult>;
