import { readdirSync, readlinkSync } from 'node:fs';
import { type ReadText, readTextFile } from './proc.ts';

/** A process that can't be confused with a later one of the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between boot and its start: field 22 of /proc/<pid>/stat. */
  readonly startTicks: number;
}

/** Of the fields after the command name: state is field 3 in proc(5), ppid field 4, pgrp field 5, starttime field 22. */
const STATE = 0;
const PARENT = 1;
const GROUP = 2;
const START_TICKS = 19;

/** What lives under this number, or null where nothing does; a zombie is as good as gone. */
export function identifyProcess(pid: number, readText: ReadText = readTextFile): ProcessIdentity | null {
  const fields = statFields(pid, readText);
  if (fields === null || fields[STATE] === 'Z' || fields[STATE] === 'X') return null;
  const startTicks = Number(fields[START_TICKS]);
  return Number.isFinite(startTicks) ? { pid, startTicks } : null;
}

/** Whether this very process still runs. */
export function isAlive(identity: ProcessIdentity, readText: ReadText = readTextFile): boolean {
  return identifyProcess(identity.pid, readText)?.startTicks === identity.startTicks;
}

/** Processes whose working directory is `directory` or lies below it; those of other users only for root. */
export function processesIn(directory: string): ProcessIdentity[] {
  return allPids().flatMap((pid) => {
    const identity = worksIn(pid, directory) ? identifyProcess(pid) : null;
    return identity === null ? [] : [identity];
  });
}

/** Whether the working directory of a process is `directory` or lies below it; of other users' only root is told. */
export function worksIn(pid: number, directory: string): boolean {
  const cwd = workingDirectory(pid);
  return cwd === directory || cwd?.startsWith(`${directory}/`) === true;
}

/** What processes have in common that were started together. */
export interface Kinship {
  /** Number of their process group. */
  readonly group: number;
  /** `NAME=value` in the environment with which they were started. */
  readonly mark: string;
}

/** Processes of a group, and those anywhere that carry its mark; null where the system has no /proc. */
export function processesOf({ group, mark }: Kinship): ProcessIdentity[] | null {
  const pids = allPids();
  if (pids.length === 0) return null;
  return pids.flatMap((pid) => {
    const isMember = statFields(pid, readTextFile)?.[GROUP] === String(group) || hasMark(pid, mark);
    const identity = isMember ? identifyProcess(pid) : null;
    return identity === null ? [] : [identity];
  });
}

/** A process and all that descend from it, itself first; empty where it has ended. */
export function familyOf(root: ProcessIdentity): number[] {
  if (!isAlive(root)) return [];
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = Number(statFields(pid, readTextFile)?.[PARENT]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family = [root.pid];
  // Grows while it is walked through.
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readTextFile(`/proc/${pid}/environ`).split('\0').includes(mark);
  } catch {
    // It has gone, or belongs to another user and so was not started here.
    return false;
  }
}

/** Arguments that a process was started with; empty where they can't be read. */
export function commandLineOf(pid: number, readText: ReadText = readTextFile): string[] {
  try {
    return readText(`/proc/${pid}/cmdline`)
      .split('\0')
      .filter((part) => part !== '');
  } catch {
    return [];
  }
}

function statFields(pid: number, readText: ReadText): string[] | null {
  try {
    const stat = readText(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function allPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function workingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}
