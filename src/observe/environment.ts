import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { constrainedMemory } from 'node:process';
import { readOpenFileLimit } from './limits.ts';

/** The machine that a run's load came from, as the record describes it. */
export interface Environment {
  /** Cores that this process may use (affinity respected). */
  readonly cpus: number;
  readonly cpuModel: string;
  /** Memory of the machine, or of its container where that has less. */
  readonly memoryBytes: number;
  readonly os: string;
  readonly kernel: string;
  readonly limits: {
    /** Descriptors that one process may open; null where unknown or unlimited. */
    readonly openFiles: number | null;
  };
  /** Whether generator and target share this machine, and hence its cores. */
  readonly sameHostAsTarget: boolean;
}

/** Describes this machine. @param sameHostAsTarget whether the target runs on it too */
export function readEnvironment(sameHostAsTarget: boolean): Environment {
  const openFiles = readOpenFileLimit()?.soft ?? null;
  return {
    cpus: availableParallelism(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    memoryBytes: usableMemoryBytes(totalmem(), constrainedMemory()),
    os: type(),
    kernel: release(),
    limits: { openFiles: openFiles !== null && Number.isFinite(openFiles) ? openFiles : null },
    sameHostAsTarget,
  };
}

/** The smaller of the machine's memory and its container's; Node reports a missing limit as 0 or a huge number. */
export function usableMemoryBytes(total: number, constrained: number | undefined): number {
  return constrained !== undefined && constrained > 0 ? Math.min(total, constrained) : total;
}
