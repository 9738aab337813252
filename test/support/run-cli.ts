import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/relay-bench.js', import.meta.url));

/** How a finished command ended. */
export interface CliResult {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Leads a process group of its own, as a command at a terminal does. */
  readonly ownGroup?: boolean;
}

/** A command that runs; `stop` ends it by its pid and must be called where a test may fail before its end. */
export interface RunningCli {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout or stderr matches; rejects where the command ends before. */
  until(pattern: RegExp): Promise<void>;
  readonly result: Promise<CliResult>;
  stop(): Promise<void>;
}

/** Runs the built command line as a process of its own and waits for its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const running = startCli(args, options);
  try {
    const result = await running.result;
    refuseWarnings(result.stderr);
    return result;
  } finally {
    await running.stop();
  }
}

/** Starts the built command line as a process of its own. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownGroup ?? false,
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  const result = once(child, 'close').then(() => ({ exitCode: child.exitCode, ...texts }));
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    until: (pattern) => until(child, texts, pattern),
    result,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await result;
    },
  };
}

/** Warnings of Node on stderr (leaking listeners, what is deprecated) are faults of the program. @throws Error */
function refuseWarnings(stderr: string): void {
  const found = stderr.split('\n').filter((line) => /^\(node:\d+\) .*Warning:/.test(line));
  if (found.length > 0) throw new Error(`Node warns: ${found.join('; ')}`);
}

function until(
  child: ChildProcess,
  texts: { stdout: string; stderr: string },
  pattern: RegExp,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (pattern.test(texts.stdout) || pattern.test(texts.stderr)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () =>
      reject(new Error(`ended before ${pattern}: ${JSON.stringify({ ...texts, exitCode: child.exitCode })}`)),
    );
    look();
  });
}
