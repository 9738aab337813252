import { kill } from 'node:process';
import { type ReadText, readDescriptors, readProcess, readTextFile } from './proc.ts';
import { identifyProcess } from './process-identity.ts';

/** Whether a process runs, and whether this user may look at it. */
export type Presence = 'runs' | 'gone' | 'hidden';

/**
 * Looks for a process. One that the system does not show (`hidepid`, or a system without /proc) is `hidden`.
 * @param signal sends one, 0 only looks; tests pass another
 */
export function presenceOf(
  pid: number,
  readText: ReadText = readTextFile,
  signal: (pid: number, signal: 0) => unknown = kill,
): Presence {
  if (identifyProcess(pid, readText) !== null) return 'runs';
  // A zombie: it is listed and has ended.
  if (textOrNull(`/proc/${pid}/stat`, readText) !== null) return 'gone';
  try {
    signal(pid, 0);
    return 'hidden';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'hidden' : 'gone';
  }
}

/** What the kernel calls a process, at most 15 characters; null where it is not shown. */
export function processNameOf(pid: number, readText: ReadText = readTextFile): string | null {
  const name = textOrNull(`/proc/${pid}/comm`, readText)?.trim() ?? '';
  return name === '' ? null : name;
}

/** What of a process this user can't read, as a sentence about `name`; null where that is nothing. */
export function unreadableOf(
  pid: number,
  name: string,
  ownUser: number | null,
  look: { readonly readText?: ReadText; readonly descriptors?: (pid: number) => number | null } = {},
): string | null {
  const { readText = readTextFile, descriptors = readDescriptors } = look;
  const reading = readProcess(pid, readText);
  const status = textOrNull(`/proc/${pid}/status`, readText) ?? '';
  const owner = /^Uid:\s+(\d+)/m.exec(status)?.[1];
  const whose = owner !== undefined && Number(owner) !== ownUser ? ', which belongs to another user,' : '';
  const advice = 'run relay-bench as that user, or as root, to know more';
  if (!reading.ok) return `nothing of ${name}${whose} can be read (${reading.reason}): ${advice}`;
  if (descriptors(pid) !== null) return null;
  return `open files and disk writes of ${name}${whose} can't be read: ${advice}`;
}

function textOrNull(path: string, readText: ReadText): string | null {
  try {
    return readText(path);
  } catch {
    // Not there, or not for this user: the caller says so.
    return null;
  }
}
