import { performance } from 'node:perf_hooks';
import { readTextFile } from '../../observe/proc.ts';
import { childrenOf } from '../../observe/process-tree.ts';
import { findProcess } from '../processes.ts';
import type { Service } from '../state.ts';

/** What a process has done so far, as the kernel counts it. */
interface Doing {
  /** `S`, `R`, `D`, `T`, … (proc(5), field 3). */
  readonly state: string;
  /** User and system time, in ticks. */
  readonly ticks: number;
}

/** Of the fields after the command name. */
const STATE = 0;
const UTIME = 11;
const STIME = 12;
/** A process that runs, waits for a core or waits for the disk is not idle, whatever it has got done. */
const BUSY = ['R', 'D'];
/** One that is starved gets its core again within this time, or waits for it when it is looked at. */
const INERT_AFTER_MS = 700;

/** Everything that the processes of a server do; null where that can't be read. */
export type ReadDoings = (node: Service) => ReadonlyMap<number, Doing> | null;

/**
 * Tells a server that hangs from one that is slow because the machine is busy: for a while none of its processes has run,
 * wanted to run or waited for the disk, though it was asked something.
 */
export class Inertness {
  readonly #read: ReadDoings;
  readonly #nowMs: () => number;
  #last: ReadonlyMap<number, Doing> | null = null;
  #sinceMs = 0;

  constructor(read: ReadDoings = readDoings, nowMs: () => number = () => performance.now()) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** Looks at it; to be called again and again while it is silent. @returns whether it has done nothing for long enough */
  look(node: Service): boolean {
    const now = this.#read(node);
    if (now === null || this.#last === null || hasMoved(this.#last, now)) {
      this.#last = now;
      this.#sinceMs = this.#nowMs();
      return false;
    }
    return this.#nowMs() - this.#sinceMs >= INERT_AFTER_MS;
  }

  /** It has answered. */
  forget(): void {
    this.#last = null;
  }
}

function hasMoved(before: ReadonlyMap<number, Doing>, now: ReadonlyMap<number, Doing>): boolean {
  if (before.size !== now.size) return true;
  return [...now].some(([pid, { state, ticks }]) => BUSY.includes(state) || before.get(pid)?.ticks !== ticks);
}

function readDoings(node: Service): ReadonlyMap<number, Doing> | null {
  const server = findProcess(node);
  if (server === null) return null;
  try {
    return new Map([server.pid, ...childrenOf(server.pid)].map((pid) => [pid, doingOf(pid)]));
  } catch {
    // One of them has ended meanwhile: something happens there.
    return null;
  }
}

function doingOf(pid: number): Doing {
  const stat = readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[STATE] ?? '', ticks: Number(fields[UTIME]) + Number(fields[STIME]) };
}
