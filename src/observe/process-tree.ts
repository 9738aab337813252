import { type ProcessReading, parseCpuSeconds, type ReadText, readProcess, readTextFile } from './proc.ts';

/** Ticks of children that have ended and were waited for: cutime is field 16 of proc(5), cstime 17; see proc.ts. */
const CHILD_UTIME = 13;
const CHILD_STIME = 14;
const TICKS_PER_S = 100;
const KIB = 1_024;

/**
 * CPU time and memory of a process and its children together, for servers that work in processes of their own
 * (Postgres), as {@link readFamily} adds them up.
 */
export function readProcessTree(pid: number, readText: ReadText = readTextFile): ProcessReading {
  const parent = readProcess(pid, readText);
  if (!parent.ok) return parent;
  try {
    return readFamily([pid, ...childrenOf(pid, readText)], readText);
  } catch {
    // A kernel without lists of children: the parent alone is what can be known.
    return parent;
  }
}

/**
 * CPU time and memory of processes that belong together. CPU of children that have ended and were waited for counts too, so
 * that the sum falls only where one ends of which nobody in the family is the parent. Memory that they share counts once: what
 * each has for itself is added to the largest shared part.
 * @param pids the one that leads first; those that have ended since they were listed count nothing
 */
export function readFamily(pids: readonly number[], readText: ReadText = readTextFile): ProcessReading {
  const [leader] = pids;
  if (leader === undefined) return { ok: false, reason: 'it was not running' };
  const members = pids.flatMap((pid) => memberOf(pid, readText) ?? []);
  if (members.length === 0) return readProcess(leader, readText);
  const shared = Math.max(...members.map((member) => member.shared));
  const own = members.reduce((sum, member) => sum + member.own, 0);
  const cpu_s = members.reduce((sum, member) => sum + member.cpu_s, 0);
  return { ok: true, snapshot: { cpu_s, rss_bytes: shared + own } };
}

/** Direct children of a process. @throws Error where it has ended, or the kernel keeps no such lists */
export function childrenOf(pid: number, readText: ReadText = readTextFile): number[] {
  const text = readText(`/proc/${pid}/task/${pid}/children`);
  return text.split(' ').flatMap((word) => (/^\d+$/.test(word) ? [Number(word)] : []));
}

interface Member {
  readonly cpu_s: number;
  readonly own: number;
  readonly shared: number;
}

/** Null for one that has ended since it was listed. */
function memberOf(pid: number, readText: ReadText): Member | null {
  try {
    const stat = readText(`/proc/${pid}/stat`);
    const cpu_s = parseCpuSeconds(stat);
    return cpu_s === null
      ? null
      : { cpu_s: cpu_s + endedChildrenCpu(stat), ...memoryOf(readText(`/proc/${pid}/status`)) };
  } catch {
    return null;
  }
}

function endedChildrenCpu(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[CHILD_UTIME] ?? 0) + Number(fields[CHILD_STIME] ?? 0)) / TICKS_PER_S;
}

/** A system that does not tell what is shared gives all of it as the process' own. */
function memoryOf(status: string): Pick<Member, 'own' | 'shared'> {
  const bytes = (name: string): number | null => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * KIB;
  };
  const own = bytes('RssAnon');
  if (own === null) return { own: bytes('VmRSS') ?? 0, shared: 0 };
  return { own, shared: (bytes('RssFile') ?? 0) + (bytes('RssShmem') ?? 0) };
}
