import { type ReadText, readTextFile } from './proc.ts';

/** What the control group of a process lets it use of the CPU, and how often that was used up. */
export interface CpuQuota {
  /** In a period, of all processes of the group together. */
  readonly cores: number;
  /** Periods so far in which the group wanted any CPU. */
  readonly periods: number;
  /** Of them those in which it had used up its quota and had to wait for the next one. */
  readonly throttled: number;
}

const ROOT = '/sys/fs/cgroup';

/**
 * The tightest quota over a process, of its own control group or of one above it, of version 1 or 2 of control groups; null where
 * there is none, where the process has ended, or where the system does not tell.
 */
export function readCpuQuota(pid: number, readText: ReadText = readTextFile): CpuQuota | null {
  const groups = groupsOf(textOrNull(`/proc/${pid}/cgroup`, readText) ?? '');
  const quotas = groups.flatMap((group) => quotaOf(group, readText) ?? []);
  return quotas.toSorted((a, b) => a.cores - b.cores)[0] ?? null;
}

/** Directories of the control group that bounds the CPU and of those above it. */
function groupsOf(text: string): string[] {
  const lines = text.split('\n').map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const first = lines.find((line) => line?.[1]?.split(',').includes('cpu') === true);
  const second = lines.find((line) => line?.[1] === '');
  const [, controllers = '', path = '/'] = first ?? second ?? [];
  if (first === undefined && second === undefined) return [];
  const root = controllers === '' ? ROOT : `${ROOT}/${controllers}`;
  const names = path.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, depth) => [root, ...names.slice(0, depth)].join('/'));
}

function quotaOf(group: string, readText: ReadText): CpuQuota | null {
  const cores = coresOf(group, readText);
  const stat = textOrNull(`${group}/cpu.stat`, readText);
  if (cores === null || stat === null) return null;
  const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return { cores, periods: count('nr_periods'), throttled: count('nr_throttled') };
}

/** `20000 100000` of version 2, two files of version 1; `max` and -1 are no quota. */
function coresOf(group: string, readText: ReadText): number | null {
  const text =
    textOrNull(`${group}/cpu.max`, readText) ??
    ['quota', 'period'].map((name) => textOrNull(`${group}/cpu.cfs_${name}_us`, readText) ?? '').join(' ');
  const [, quota, period] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : null;
}

function textOrNull(path: string, readText: ReadText): string | null {
  try {
    return readText(path);
  } catch {
    // Not this version of control groups, or a group that has no such file.
    return null;
  }
}
