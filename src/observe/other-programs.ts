import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { monotonicNs, NS_PER_S } from '../base/clock.ts';
import { parseCpuSeconds, type ReadText, readTextFile } from './proc.ts';

/** What took the cores of this machine besides the run itself. */
export interface OtherPrograms {
  /** Load average of the last minute, when the measured phases ended. */
  readonly loadAverage: number;
  /** Mean cores that other programs used in the measured phases. */
  readonly cores: number;
  /** The busiest of them by name (as the kernel keeps it, at most 15 characters), processes of one name together. */
  readonly programs: readonly { readonly name: string; readonly cores: number }[];
}

/** More are not named. */
const MOST_NAMED = 5;
/** Below this a program takes nothing from anybody. */
const LEAST_CORES = 0.02;
/** Fields of /proc/<pid>/stat after the command name, see proc(5): ppid is field 4, starttime 22; the first here is 3. */
const PPID = 1;
const START_TIME = 19;

interface Reading {
  readonly name: string;
  readonly parent: number;
  /** Since boot, in ticks: tells a process from a later one with its pid. */
  readonly startTime: string;
  readonly cpu_s: number;
}

export interface OtherProgramsOptions {
  readonly everyMs?: number;
  readonly pieceEveryMs?: number;
  readonly readText?: ReadText;
  readonly pids?: () => readonly number[];
  readonly nowNs?: () => number;
  readonly loadAverage?: () => number;
}

/** Watches the other programs of this machine between `start` and `stop`. */
export interface OtherProgramsWatch {
  start(): void;
  /** Null where nothing was watched, or on systems without /proc. Later calls give the same. */
  stop(): OtherPrograms | null;
}

/** A program that lives for less is missed. */
const EVERY_MS = 1_000;
/**
 * Reading of all processes takes some milliseconds, and on a machine of few cores generator or relay would wait for as long: so a look is
 * made in pieces, at most so many and so far apart that it is over before the next one.
 */
const MOST_PIECES = 50;
const LEAST_A_PIECE = 8;
const PIECE_EVERY_MS = 10;

/**
 * Its timers do not keep this process alive.
 * @param ours pids of processes that belong to the run: they and all of their descendants are no other programs
 */
export function watchOtherPrograms(
  ours: () => readonly number[],
  options: OtherProgramsOptions = {},
): OtherProgramsWatch {
  const { readText = readTextFile, pids = listPids, nowNs = monotonicNs } = options;
  const { loadAverage = () => loadavg()[0] ?? 0 } = options;
  const used_s = new Map<string, number>();
  let began: { readonly atNs: number; readonly timer: NodeJS.Timeout } | null = null;
  let last: ReadonlyMap<number, Reading> = new Map();
  let found: OtherPrograms | null = null;
  let piece: NodeJS.Timeout | undefined;
  let isLooking = false;
  const count = (now: ReadonlyMap<number, Reading>): void => {
    for (const [pid, reading] of withoutFamilies(now, new Set(ours())))
      used_s.set(reading.name, (used_s.get(reading.name) ?? 0) + usedSince(last.get(pid), reading));
    last = now;
  };
  const look = (): void => {
    // A loop that stood still has made the look before last for so long: two at once would count the same time twice.
    if (isLooking) return;
    isLooking = true;
    const all = pids();
    const size = Math.max(LEAST_A_PIECE, Math.ceil(all.length / MOST_PIECES));
    const now = new Map<number, Reading>();
    const readOn = (from: number): void => {
      for (const [pid, reading] of readAll(all.slice(from, from + size), readText)) now.set(pid, reading);
      if (from + size >= all.length) {
        count(now);
        isLooking = false;
      } else piece = setTimeout(readOn, options.pieceEveryMs ?? PIECE_EVERY_MS, from + size).unref();
    };
    readOn(0);
  };
  return {
    start: () => {
      if (began !== null) return;
      last = readAll(pids(), readText);
      began = { atNs: nowNs(), timer: setInterval(look, options.everyMs ?? EVERY_MS).unref() };
    },
    stop: () => {
      if (found !== null || began === null) return found;
      clearInterval(began.timer);
      clearTimeout(piece);
      count(readAll(pids(), readText));
      const elapsed_s = (nowNs() - began.atNs) / NS_PER_S;
      if (last.size === 0 || elapsed_s <= 0) return null;
      found = { loadAverage: loadAverage(), ...ranked(used_s, elapsed_s) };
      return found;
    },
  };
}

function ranked(
  byName: ReadonlyMap<string, number>,
  elapsed_s: number,
): Pick<OtherPrograms, 'cores' | 'programs'> {
  const all = [...byName].map(([name, cpu_s]) => ({ name, cores: cpu_s / elapsed_s }));
  return {
    cores: all.reduce((sum, { cores }) => sum + cores, 0),
    programs: all
      .filter(({ cores }) => cores >= LEAST_CORES)
      .sort((a, b) => b.cores - a.cores)
      .slice(0, MOST_NAMED),
  };
}

/** CPU seconds since the reading before; a process that is new since then counts with all that it used. */
function usedSince(before: Reading | undefined, { startTime, cpu_s }: Reading): number {
  return Math.max(0, before?.startTime === startTime ? cpu_s - before.cpu_s : cpu_s);
}

/** The processes of which no ancestor is one of `roots`. */
function withoutFamilies(
  all: ReadonlyMap<number, Reading>,
  roots: ReadonlySet<number>,
): Map<number, Reading> {
  const belongs = (pid: number): boolean => {
    const seen = new Set<number>();
    for (let at: number | undefined = pid; at !== undefined && !seen.has(at); at = all.get(at)?.parent) {
      if (roots.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  return new Map([...all].filter(([pid]) => !belongs(pid)));
}

function readAll(pids: readonly number[], readText: ReadText): Map<number, Reading> {
  const readings = pids.flatMap((pid): [number, Reading][] => {
    const reading = readOne(pid, readText);
    return reading === null ? [] : [[pid, reading]];
  });
  return new Map(readings);
}

/** Null for a process that has ended since it was listed. */
function readOne(pid: number, readText: ReadText): Reading | null {
  try {
    const stat = readText(`/proc/${pid}/stat`);
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    const cpu_s = parseCpuSeconds(stat);
    if (cpu_s === null) return null;
    const name = stat.slice(stat.indexOf('(') + 1, end);
    return { name, parent: Number(fields[PPID]), startTime: fields[START_TIME] ?? '', cpu_s };
  } catch {
    return null;
  }
}

/** None on a system without /proc. */
function listPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}
