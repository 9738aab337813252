import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endOfProcess } from '../base/ends.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { settledWithin, stopOrKill } from '../base/stop.ts';
import type { VerifierInUse } from '../base/verifier-choice.ts';

/** One of our own programs that accepts connections, running as a process of its own. */
export interface ReadyProgram {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  readonly pid: number;
  /** What checks signatures there; null where nothing does. */
  readonly verifier: VerifierInUse | null;
  /** Resolves when it has ended, by itself or stopped, with what it ended by: `exit code 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /**
   * Stops it gracefully and waits for its end; a second call waits for the same end.
   * @param graceMs after which it is killed; by default longer than an orderly end takes
   */
  stop(graceMs?: number): Promise<void>;
}

export interface ReadyProgramOptions {
  /** What messages call it, for example `the embedded relay`. */
  readonly name: string;
  /** Its file, relative to this folder, for example `../relay/main.js`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Of the error that is thrown where it does not start. */
  readonly failure: { readonly code: string; readonly hint: string };
  /** Told what it writes to stderr once it is ready; default nobody. */
  readonly onLog?: ((text: string) => void) | undefined;
}

const START_DEADLINE_MS = 15_000;
/** The relay promises to end within 5 s; after this it is killed. */
const STOP_DEADLINE_MS = 6_000;
/** For the kernel to take away what was killed. */
const KILLED_MS = 400;
const STDERR_MAX_CHARACTERS = 4_096;

/** The line that a program prints when it accepts connections. */
interface ReadyLine {
  readonly ready: true;
  readonly url: string;
  readonly pid: number;
  readonly verifier?: VerifierInUse;
}

/**
 * Starts a program that announces itself with one JSON line. It ends by itself when this process does.
 * @throws RelayBenchError with `failure` (exit code 3) and what the program said; `PROGRAM_OPTIONS_INVALID` (exit
 * code 2) where it refused its options
 */
export async function startReadyProgram(options: ReadyProgramOptions): Promise<ReadyProgram> {
  const path = fileURLToPath(new URL(options.program, import.meta.url));
  const args = [path, '--exit-with-parent', ...options.args];
  let isReady = false;
  // The pipe on stdin is what tells the program that this process has gone. Detached, because a terminal sends
  // Ctrl-C to its whole process group, and a relay must outlive the drain of the run that uses it.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const ended = endOfProcess(child);
  const stderr = captureStderr(child, (text) => {
    if (isReady) options.onLog?.(text);
  });
  try {
    const { url, pid, verifier = null } = await waitUntilReady(child, ended);
    isReady = true;
    return {
      url,
      pid,
      verifier,
      ended,
      stop: (graceMs = STOP_DEADLINE_MS) => stopChild(child, ended, graceMs),
    };
  } catch (error) {
    child.kill('SIGKILL');
    const end = await ended;
    const said = stderr();
    if (end === `exit code ${EXIT.usage}`) throw invalidOptions(said, error);
    throw new RelayBenchError(`${options.name} did not start: ${said === '' ? messageOf(error) : said}`, {
      ...options.failure,
      exitCode: EXIT.unreachable,
      cause: error,
    });
  }
}

/** The program has refused its options, and its own line says why. */
function invalidOptions(said: string, cause: unknown): RelayBenchError {
  return new RelayBenchError(said, {
    code: 'PROGRAM_OPTIONS_INVALID',
    hint: 'see `relay-bench relay --help`',
    exitCode: EXIT.usage,
    cause,
  });
}

function parseReadyLine(line: string): ReadyLine {
  const value = JSON.parse(line) as Partial<ReadyLine> | null;
  if (value?.ready !== true || typeof value.url !== 'string' || typeof value.pid !== 'number') {
    throw new Error(`unexpected first line: ${line.slice(0, 200)}`);
  }
  return value as ReadyLine;
}

/** Keeps the end of what the program writes to stderr; it says why a start has failed. */
function captureStderr(child: ChildProcess, onLog: (text: string) => void): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-STDERR_MAX_CHARACTERS);
    onLog(chunk);
  });
  return () => text.trim();
}

/** @param failed rejects where the program ends; its way of ending says more than the silence before */
async function firstLine({ stdout }: ChildProcess, failed: Promise<never>): Promise<string> {
  // A process that could not be started may have no streams at all.
  if (stdout === null || stdout === undefined) return failed;
  for await (const line of createInterface({ input: stdout })) return line;
  return failed;
}

async function waitUntilReady(child: ChildProcess, ended: Promise<string>): Promise<ReadyLine> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`it was not ready within ${START_DEADLINE_MS / 1_000} s`);
    timer = setTimeout(() => reject(error), START_DEADLINE_MS);
  });
  const failed = ended.then((end) => {
    throw new Error(child.pid === undefined ? end : `it ended with ${end}`);
  });
  // Once it is ready, its end is no failure to start.
  failed.catch(() => undefined);
  try {
    return parseReadyLine(await Promise.race([firstLine(child, failed), late, failed]));
  } finally {
    clearTimeout(timer);
  }
}

async function stopChild(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  const target = {
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    isGone: (withinMs: number) => settledWithin(ended, withinMs),
  };
  await stopOrKill(target, { graceMs, killedMs: KILLED_MS });
}
