import type { Plan } from '../plan/plan.ts';
import type { OnProgress } from '../result/progress.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Transport } from './transport.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly onProgress: OnProgress;
  /**
   * Ends the run early: offering stops, in-flight work drains, the result is partial. Its reason (`SIGINT`,
   * `SIGTERM` or anything else) is reported as `stopped`.
   */
  readonly signal: AbortSignal;
  /** Told when the load will start, monotonic ns, a moment before it does. */
  readonly onStart?: (startNs: number) => void;
  /** Given, once the load starts, a way to see what the run has measured so far. */
  readonly onSnapshot?: (snapshot: () => RunResult) => void;
  /** Arguments for the Node.js of each worker, such as `--cpu-prof`; default none. */
  readonly workerExecArgv?: readonly string[];
  /** How its workers are reached; default as processes of this machine. */
  readonly transport?: Transport;
  /** Whether the load ends where a worker is lost; default no: it goes on with the others. Invalid it is either way. */
  readonly endOnLoss?: boolean;
  /** Told the history of what is published, whole entries, 64 KB at a time; default nobody, which costs nothing. */
  readonly onHistory?: (entries: Uint8Array) => void;
  /** Told the process ids of the workers once they run. */
  readonly onWorkers?: (pids: readonly number[]) => void;
}

/** Carries out a plan. @throws RelayBenchError `TARGET_UNREACHABLE`, `WORKER_FAILED` */
export type RunPlan = (options: RunOptions) => Promise<RunResult>;
