import { readdirSync, readFileSync } from 'node:fs';
import { cpuUsage } from 'node:process';
import { messageOf } from '../base/errors.ts';

/** Resources of one process at one moment. */
export interface ProcessSnapshot {
  /** User and system CPU time since the process started, all threads, in seconds. */
  readonly cpu_s: number;
  /** Resident memory in bytes. */
  readonly rss_bytes: number;
}

/** Names of the entries of a directory; tests pass a table of them. */
export type ReadNames = (path: string) => readonly string[];

/**
 * Open files and sockets of a process; null where it has ended, belongs to somebody else, or the system has no /proc.
 */
export function readDescriptors(pid: number, readNames: ReadNames = readdirSync): number | null {
  try {
    return readNames(`/proc/${pid}/fd`).length;
  } catch {
    // What can't be read is not known: the sample says so by null.
    return null;
  }
}

/** What could be read, or why nothing could. */
export type ProcessReading =
  | { readonly ok: true; readonly snapshot: ProcessSnapshot }
  | { readonly ok: false; readonly reason: string };

/** Reads a file as text; tests pass a table of files. */
export type ReadText = (path: string) => string;

/** Ticks of `utime` and `stime` in a second; USER_HZ is 100 on every Linux architecture that Node runs on. */
const TICKS_PER_S = 100;
/** Fields of /proc/<pid>/stat after the command name, see proc(5): utime is field 14, stime 15; the first here is 3. */
const UTIME = 11;
const STIME = 12;

/** The content of a text file. @throws the error of the file system */
export const readTextFile: ReadText = (path) => readFileSync(path, 'utf8');

/**
 * CPU time and memory of process `pid` from /proc.
 * Systems without /proc, and processes that are gone, give a reason instead of a number.
 */
export function readProcess(pid: number, readText: ReadText = readTextFile): ProcessReading {
  try {
    const cpu_s = parseCpuSeconds(readText(`/proc/${pid}/stat`));
    const rss_bytes = parseRssBytes(readText(`/proc/${pid}/status`));
    if (cpu_s === null || rss_bytes === null)
      return { ok: false, reason: `/proc/${pid} has an unknown format` };
    return { ok: true, snapshot: { cpu_s, rss_bytes } };
  } catch (error) {
    return { ok: false, reason: `process ${pid} can't be read from /proc: ${messageOf(error)}` };
  }
}

/** utime + stime of a /proc/<pid>/stat line in seconds; null where it is not such a line. */
export function parseCpuSeconds(stat: string): number | null {
  // The command name stands in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[UTIME] ?? Number.NaN) + Number(fields[STIME] ?? Number.NaN);
  return Number.isFinite(ticks) ? ticks / TICKS_PER_S : null;
}

/** VmRSS of a /proc/<pid>/status text in bytes; null where it has none (kernel threads, zombies). */
export function parseRssBytes(status: string): number | null {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  return match?.[1] === undefined ? null : Number(match[1]) * 1_024;
}

/** CPU time of this process since its start, user and system, all threads, in microseconds. */
export function ownCpu_us(): number {
  const { user, system } = cpuUsage();
  return user + system;
}
