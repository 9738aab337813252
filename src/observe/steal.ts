import { type ReadText, readTextFile } from './proc.ts';

/** CPU time of the whole machine since boot, in ticks. */
export interface CpuTimes {
  readonly total: number;
  /** Time that the hypervisor gave to other guests while this machine wanted to run. */
  readonly steal: number;
}

/** Columns of the `cpu` line of /proc/stat, see proc(5): user nice system idle iowait irq softirq steal. */
const COLUMNS = 8;
const STEAL = 7;

/** CPU times of this machine; null on systems without /proc/stat. */
export function readCpuTimes(readText: ReadText = readTextFile): CpuTimes | null {
  try {
    return parseCpuTimes(readText('/proc/stat'));
  } catch {
    return null;
  }
}

/**
 * The `cpu` line of a /proc/stat text; null where it has none.
 * Guest time is already contained in user time, so the columns after steal are left out.
 */
export function parseCpuTimes(stat: string): CpuTimes | null {
  const line = /^cpu\s+(.+)$/m.exec(stat)?.[1];
  const ticks = line?.trim().split(/\s+/).slice(0, COLUMNS).map(Number) ?? [];
  const steal = ticks[STEAL];
  if (steal === undefined || !ticks.every(Number.isFinite)) return null;
  return { total: ticks.reduce((sum, value) => sum + value, 0), steal };
}

/**
 * Share of this machine's CPU time between two readings that the hypervisor took for others, 0..1.
 * Null where either reading is missing or no time passed.
 */
export function stealShare(before: CpuTimes | null, after: CpuTimes | null): number | null {
  if (before === null || after === null) return null;
  const total = after.total - before.total;
  return total > 0 ? Math.max(0, Math.min(1, (after.steal - before.steal) / total)) : null;
}
