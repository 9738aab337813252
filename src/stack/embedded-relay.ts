import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';

/** A reference relay that runs as a process of its own. */
export interface EmbeddedRelay {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when it has ended, by itself or stopped, with what it ended by: `exit code 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Stops it gracefully and waits for its end; a second call waits for the same end. */
  stop(): Promise<void>;
}

export interface EmbeddedRelayOptions {
  /** Flags of the relay program, for example `['--no-verify']`. */
  readonly args?: readonly string[];
  /** Told what the relay writes to its log once it is ready; default nobody. */
  readonly onLog?: (text: string) => void;
}

const START_DEADLINE_MS = 15_000;
/** The relay promises to end within 5 s; after this it is killed. */
const STOP_DEADLINE_MS = 6_000;
const STDERR_MAX_CHARACTERS = 4_096;

/** The line that the relay prints when it accepts connections. */
interface ReadyLine {
  readonly ready: true;
  readonly url: string;
  readonly pid: number;
}

function parseReadyLine(line: string): ReadyLine {
  const value = JSON.parse(line) as Partial<ReadyLine> | null;
  if (value?.ready !== true || typeof value.url !== 'string' || typeof value.pid !== 'number') {
    throw new Error(`unexpected first line: ${line.slice(0, 200)}`);
  }
  return value as ReadyLine;
}

/** Keeps the end of what the relay writes to stderr; it says why a start has failed. */
function captureStderr(child: ChildProcess, onLog: (text: string) => void): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-STDERR_MAX_CHARACTERS);
    onLog(chunk);
  });
  return () => text.trim();
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the relay has no stdout');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('it ended without a word');
}

async function waitUntilReady(child: ChildProcess): Promise<ReadyLine> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), START_DEADLINE_MS);
  try {
    const late = once(deadline.signal, 'abort').then(() => {
      throw new Error(`it was not ready within ${START_DEADLINE_MS / 1_000} s`);
    });
    const failed = once(child, 'error').then(([error]) => {
      throw error;
    });
    return parseReadyLine(await Promise.race([firstLine(child), late, failed]));
  } finally {
    clearTimeout(timer);
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/**
 * Starts the reference relay as a process of its own, so that it shares no event loop with the load. It ends
 * by itself when this process does.
 * @throws RelayBenchError `EMBEDDED_RELAY_FAILED` (exit code 3) with what the relay said
 */
export async function startEmbeddedRelay(options: EmbeddedRelayOptions = {}): Promise<EmbeddedRelay> {
  const program = fileURLToPath(new URL('../relay/main.js', import.meta.url));
  const args = [program, '--exit-with-parent', ...(options.args ?? [])];
  let isReady = false;
  // The pipe on stdin is what tells the relay that this process has gone. Detached, because a terminal sends
  // Ctrl-C to its whole process group, and the relay must outlive the drain of the run that uses it.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const ended = endOf(child);
  const stderr = captureStderr(child, (text) => {
    if (isReady) options.onLog?.(text);
  });
  try {
    const { url, pid } = await waitUntilReady(child);
    isReady = true;
    return { url, pid, ended, stop: () => stopChild(child) };
  } catch (error) {
    child.kill('SIGKILL');
    const said = stderr();
    throw new RelayBenchError(`the embedded relay did not start: ${said === '' ? messageOf(error) : said}`, {
      code: 'EMBEDDED_RELAY_FAILED',
      hint: 'start it alone with `relay-bench relay` to see why',
      exitCode: EXIT.unreachable,
      cause: error,
    });
  }
}
