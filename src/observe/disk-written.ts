import { type ReadText, readTextFile } from './proc.ts';

/**
 * Bytes that processes have caused to be written to disk since they started (`write_bytes` of proc(5): what is written to a
 * file system in memory is none), those of children that have ended and were waited for included.
 * @returns null where none of them can be read: gone, of another user, or on a system that does not tell
 */
export function readDiskWritten(pids: readonly number[], readText: ReadText = readTextFile): number | null {
  const known = pids.flatMap((pid) => writtenBy(pid, readText) ?? []);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

function writtenBy(pid: number, readText: ReadText): number | null {
  try {
    const bytes = /^write_bytes: (\d+)$/m.exec(readText(`/proc/${pid}/io`))?.[1];
    return bytes === undefined ? null : Number(bytes);
  } catch {
    // What can't be read is not known: the caller says so by null.
    return null;
  }
}

/** Adds up what a family of processes writes while its members come and go; the total only grows. */
export class DiskMeter {
  readonly #read: (pids: readonly number[]) => number | null;
  #last: { readonly pids: readonly number[]; readonly bytes: number } | null = null;
  #total = 0;

  /** @param read tests pass another one */
  constructor(read: (pids: readonly number[]) => number | null = readDiskWritten) {
    this.#read = read;
  }

  /** Bytes written by all that have been members so far; null where those of now can't be read. */
  total(pids: readonly number[]): number | null {
    const bytes = this.#read(pids);
    if (bytes === null) return null;
    const last = this.#last;
    // Where nobody is left of those before, a relay was started anew and counts from zero.
    const isSame = last?.pids.some((pid) => pids.includes(pid)) === true;
    this.#total += isSame ? Math.max(0, bytes - (last?.bytes ?? 0)) : bytes;
    this.#last = { pids, bytes };
    return this.#total;
  }
}
