import { report } from 'node:process';
import { type ReadText, readTextFile } from './proc.ts';

/** A limit of the operating system: what holds now, and how far this user may raise it. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** Local ports that outgoing connections are made from, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Open files (descriptors, hence sockets) that one process of this user may hold; null where unknown (Windows).
 * Node raises its own soft limit to the hard one when it starts, so `soft` is what really holds in a process
 * of relay-bench, not what `ulimit -n` prints in the shell.
 */
export function readOpenFileLimit(readText: ReadText = readTextFile): Limit | null {
  try {
    return parseOpenFileLimit(readText('/proc/self/limits'));
  } catch {
    // No /proc (macOS, BSD): Node's own diagnostic report knows the limits of its process.
    return limitOfReport(report.getReport());
  }
}

/** The `Max open files` line of a /proc/<pid>/limits text; `unlimited` is Infinity. */
export function parseOpenFileLimit(limits: string): Limit | null {
  const match = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits);
  return match === null ? null : limitOf(match[1], match[2]);
}

function limitOfReport(content: object): Limit | null {
  const userLimits = (content as { userLimits?: Record<string, { soft?: unknown; hard?: unknown }> })
    .userLimits;
  const files = userLimits?.['open_files'];
  return files === undefined ? null : limitOf(files.soft, files.hard);
}

function limitOf(soft: unknown, hard: unknown): Limit | null {
  const number = (value: unknown): number =>
    value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value ?? Number.NaN);
  const limit = { soft: number(soft), hard: number(hard) };
  return Number.isNaN(limit.soft) || Number.isNaN(limit.hard) ? null : limit;
}

/** The range of ephemeral ports, Linux only; null elsewhere. */
export function readPortRange(readText: ReadText = readTextFile): PortRange | null {
  try {
    return parsePortRange(readText('/proc/sys/net/ipv4/ip_local_port_range'));
  } catch {
    return null;
  }
}

/** The two numbers of ip_local_port_range; null where the text is something else. */
export function parsePortRange(text: string): PortRange | null {
  const match = /^\s*(\d+)\s+(\d+)\s*$/.exec(text);
  return match === null ? null : { first: Number(match[1]), last: Number(match[2]) };
}
