import { type ProcessReading, parseCpuSeconds, type ReadText, readProcess, readTextFile } from './proc.ts';

/** Ticks of children that have ended and were waited for: cutime is field 16 of proc(5), cstime 17; see proc.ts. */
const CHILD_UTIME = 13;
const CHILD_STIME = 14;
const TICKS_PER_S = 100;
const KIB = 1_024;

/**
 * CPU time and memory of a process and its children together, for servers that work in processes of their own
 * (Postgres). CPU of children that have ended counts too. Memory that they share counts once: what each has for
 * itself is added to the largest shared part.
 */
export function readProcessTree(pid: number, readText: ReadText = readTextFile): ProcessReading {
  const parent = readProcess(pid, readText);
  if (!parent.ok) return parent;
  try {
    const members = [pid, ...childrenOf(pid, readText)];
    const memories = members.flatMap((member) => memoryOf(member, readText) ?? []);
    const shared = Math.max(0, ...memories.map((memory) => memory.shared));
    const own = memories.reduce((sum, memory) => sum + memory.own, 0);
    const cpu_s = members.reduce((sum, member) => sum + cpuOf(member, readText), 0);
    return {
      ok: true,
      snapshot: { cpu_s: cpu_s + endedChildrenCpu(pid, readText), rss_bytes: shared + own },
    };
  } catch {
    // A kernel without lists of children: the parent alone is what can be known.
    return parent;
  }
}

/** Direct children of a process. @throws Error where it has ended, or the kernel keeps no such lists */
export function childrenOf(pid: number, readText: ReadText = readTextFile): number[] {
  const text = readText(`/proc/${pid}/task/${pid}/children`);
  return text.split(' ').flatMap((word) => (/^\d+$/.test(word) ? [Number(word)] : []));
}

/** 0 for a child that has ended since it was listed. */
function cpuOf(pid: number, readText: ReadText): number {
  return textOrNull(`/proc/${pid}/stat`, readText, parseCpuSeconds) ?? 0;
}

function endedChildrenCpu(pid: number, readText: ReadText): number {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[CHILD_UTIME] ?? 0) + Number(fields[CHILD_STIME] ?? 0)) / TICKS_PER_S;
}

interface Memory {
  readonly own: number;
  readonly shared: number;
}

function memoryOf(pid: number, readText: ReadText): Memory | null {
  return textOrNull(`/proc/${pid}/status`, readText, (status) => {
    const bytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * KIB;
    return { own: bytes('RssAnon'), shared: bytes('RssFile') + bytes('RssShmem') };
  });
}

function textOrNull<T>(path: string, readText: ReadText, parse: (text: string) => T): T | null {
  try {
    return parse(readText(path));
  } catch {
    // The process has ended since it was listed.
    return null;
  }
}
