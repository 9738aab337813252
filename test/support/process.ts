import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program under test that announces itself with one JSON line on stdout. */
export interface StartedProcess<Ready> {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The first line that it printed. */
  readonly ready: Ready;
  /** What it has written to stderr so far. */
  stderr(): string;
  /** SIGTERM, and SIGKILL after 3 s; resolves once the process is gone. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 20_000;
const KILL_AFTER_MS = 3_000;

/**
 * Start `node …args` and wait for its ready line. The process is stopped when that does not come.
 * @throws Error with the program's stderr where it ends or stays silent
 */
export async function startProcess<Ready>(args: readonly string[]): Promise<StartedProcess<Ready>> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  try {
    const line = await firstLine(child);
    return {
      child,
      pid: child.pid ?? 0,
      ready: JSON.parse(line) as Ready,
      stderr: () => stderr,
      stop: () => stopChild(child),
    };
  } catch (cause) {
    await stopChild(child);
    throw new Error(`${args.join(' ')} did not get ready: ${stderr}`, { cause });
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no ready line in time')), READY_TIMEOUT_MS);
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) => settle(() => reject(new Error(`it ended: ${code ?? signal}`))));
    if (child.stdout === null) throw new Error('stdout is not piped');
    createInterface({ input: child.stdout }).once('line', (line) => settle(() => resolve(line)));
  });
}

/** Stop a child that this process started, by its pid, and wait until it is gone. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await gone;
  clearTimeout(timer);
}
