import { createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { messageOf } from '../base/errors.ts';

/** What a program writes, kept in a file of bounded size. */
export interface KeptLog {
  /** Takes what the program has written; never waits, never fails. */
  write(bytes: Buffer): void;
  /** A line of this program's own. */
  note(line: string): void;
  /** The end of what was written, for messages. */
  tail(): string;
  /** Writes what is left to the file. @returns why the file is not whole, or null */
  close(): Promise<string | null>;
}

/** Of a file, however much a program writes: its beginning, and at most {@link TAIL_BYTES} of its end. */
export const MOST_LOG_BYTES = 8 * 2 ** 20;
const TAIL_BYTES = 64 * 2 ** 10;
/** Of messages. */
const TAIL_CHARACTERS = 600;

/**
 * Keeps a log at the end of a file, which may be there already.
 * @param path null: nothing but its end is kept, for messages
 */
export async function keepLog(path: string | null, mostBytes = MOST_LOG_BYTES): Promise<KeptLog> {
  if (path === null) return new Log(null, 0);
  const before = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  return new Log(createWriteStream(path, { flags: 'a' }), Math.max(0, mostBytes - before));
}

class Log implements KeptLog {
  readonly #file: WriteStream | null;
  /** Bytes that the file may still take, its end aside. */
  #room: number;
  /** What was written last, in pieces: at least {@link TAIL_BYTES} of it where there is so much. */
  readonly #pieces: Buffer[] = [];
  #held = 0;
  /** Of what was written those bytes that the file has no room for. */
  #beyond = 0;
  #problem: string | null = null;
  #closing: Promise<string | null> | null = null;

  constructor(file: WriteStream | null, room: number) {
    this.#file = file;
    this.#room = room;
    // A full disk costs the log, not the run.
    file?.on('error', (error) => {
      this.#problem ??= messageOf(error);
    });
  }

  write(bytes: Buffer): void {
    if (this.#closing !== null) return;
    const kept = bytes.subarray(0, this.#room);
    if (kept.length > 0) this.#file?.write(kept);
    this.#room -= kept.length;
    this.#beyond += bytes.length - kept.length;
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    while (this.#held - (this.#pieces[0]?.length ?? this.#held) >= TAIL_BYTES)
      this.#held -= this.#pieces.shift()?.length ?? 0;
  }

  note(line: string): void {
    if (this.#closing === null && this.#room > 0) this.#file?.write(`[relay-bench] ${line}\n`);
  }

  tail(): string {
    return this.#end(TAIL_BYTES).toString('utf8').slice(-TAIL_CHARACTERS).trim();
  }

  close(): Promise<string | null> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** So many bytes that were written last, at most {@link TAIL_BYTES}. */
  #end(bytes: number): Buffer {
    const all = Buffer.concat(this.#pieces);
    return all.subarray(all.length - Math.min(all.length, bytes, TAIL_BYTES));
  }

  async #finish(): Promise<string | null> {
    const file = this.#file;
    if (file === null) return null;
    const rest = this.#end(this.#beyond);
    const leftOut = this.#beyond - rest.length;
    if (leftOut > 0) file.write(`\n[relay-bench] ${leftOut} bytes are left out here\n`);
    file.end(rest);
    // Its listener has what has failed, now or earlier.
    await finished(file).catch(() => undefined);
    return this.#problem;
  }
}
