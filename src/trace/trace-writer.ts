import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { lineOfStep, type TraceHead, type TraceStep, type TraceWhat } from './format.ts';

/** Where a trace is written, and how large it may become. */
export interface TraceWriterOptions {
  /** A directory that is there. */
  readonly dir: string;
  readonly head: Omit<TraceHead, 'trace' | 'version' | 'part'>;
  /** A new file begins after so many bytes. */
  readonly rotateBytes: number;
  /** All files together never exceed this: what comes then is not recorded. */
  readonly limitBytes: number;
}

/** What became of the steps. */
export interface TraceTally {
  readonly files: readonly string[];
  readonly bytes: number;
  /** Steps that were recorded. */
  readonly recorded: ReadonlyMap<TraceWhat, number>;
  /** Steps that were not: the limit was reached, or the disk did not keep up. */
  readonly unrecorded: { readonly limit: number; readonly disk: number };
}

/** More than this waits nowhere: a disk that does not keep up costs steps, never memory or the latency of a client. */
const MOST_WAITING_BYTES = 16 * 2 ** 20;
const PART_DIGITS = 4;
/** Steps are gathered for so long: each write wakes a thread that takes the core from a message on its way. */
const GATHER_MS = 50;

/** Name of the file of a part, from 1. */
export function partName(part: number): string {
  return `trace-${String(part).padStart(PART_DIGITS, '0')}.jsonl`;
}

/** Writes steps to files, one after the other, without anybody waiting for the disk. */
export class TraceWriter {
  readonly #options: TraceWriterOptions;
  readonly #files: string[] = [];
  readonly #recorded = new Map<TraceWhat, number>();
  readonly #unrecorded = { limit: 0, disk: 0 };
  #handle: FileHandle | null = null;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #partBytes = 0;
  #part = 0;
  #writing: Promise<void> | null = null;
  #gatherNoLonger: () => void = () => undefined;
  #isClosing = false;
  #failure: unknown = null;

  private constructor(options: TraceWriterOptions) {
    this.#options = options;
  }

  /** @throws Error of the file system */
  static async open(options: TraceWriterOptions): Promise<TraceWriter> {
    const writer = new TraceWriter(options);
    await writer.#nextFile();
    return writer;
  }

  /** Whether nothing more is recorded. */
  get isFull(): boolean {
    return this.#unrecorded.limit > 0;
  }

  tally(): TraceTally {
    return {
      files: this.#files,
      bytes: this.#bytes,
      recorded: this.#recorded,
      unrecorded: this.#unrecorded,
    };
  }

  add(step: TraceStep): void {
    const line = `${lineOfStep(step)}\n`;
    const bytes = Buffer.byteLength(line);
    if (this.isFull || this.#bytes + this.#waitingBytes + bytes > this.#options.limitBytes) {
      this.#unrecorded.limit++;
    } else if (this.#failure !== null || this.#waitingBytes + bytes > MOST_WAITING_BYTES) {
      this.#unrecorded.disk++;
    } else {
      this.#waiting.push(line);
      this.#waitingBytes += bytes;
      this.#recorded.set(step.what, (this.#recorded.get(step.what) ?? 0) + 1);
      this.#writing ??= this.#write();
    }
  }

  /**
   * Writes what waits and closes.
   * @throws Error of the file system, also where it came earlier
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#gatherNoLonger();
    while (this.#writing !== null) await this.#writing;
    await this.#handle?.close();
    this.#handle = null;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Everything that waits, until nothing does; never rejects. */
  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        if (!this.#isClosing) await this.#gather();
        if (this.#partBytes >= this.#options.rotateBytes) await this.#nextFile();
        await this.#put(this.#takeForPart());
      }
    } catch (error) {
      this.#failure = error;
      this.#waiting = [];
    }
    this.#writing = null;
  }

  #gather(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      this.#gatherNoLonger = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** As much of what waits as this file takes, at least a line. */
  #takeForPart(): string {
    let bytes = 0;
    let lines = 0;
    for (const line of this.#waiting) {
      if (lines > 0 && this.#partBytes + bytes >= this.#options.rotateBytes) break;
      bytes += Buffer.byteLength(line);
      lines++;
    }
    const text = this.#waiting.slice(0, lines).join('');
    this.#waiting = this.#waiting.slice(lines);
    this.#waitingBytes -= bytes;
    return text;
  }

  async #nextFile(): Promise<void> {
    await this.#handle?.close();
    this.#part++;
    this.#partBytes = 0;
    const path = join(this.#options.dir, partName(this.#part));
    // Whoever may read it may see who asked what.
    this.#handle = await open(path, 'wx', 0o600);
    this.#files.push(path);
    const head: TraceHead = {
      trace: 'relay-bench',
      version: 1,
      ...this.#options.head,
      part: this.#part,
    };
    await this.#put(`${JSON.stringify(head)}\n`);
  }

  async #put(text: string): Promise<void> {
    // writeFile goes on after a short write, as write does not.
    await this.#handle?.writeFile(text);
    const bytes = Buffer.byteLength(text);
    this.#bytes += bytes;
    this.#partBytes += bytes;
  }
}
