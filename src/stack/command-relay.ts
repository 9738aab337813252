import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { portPicker } from './ports.ts';

/** A relay that a command of the user started. */
export interface CommandRelay {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  readonly pid: number;
  /** Stops it (SIGTERM, after some seconds SIGKILL, to its whole process group) and removes its directory. */
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 6_000;
const POLL_MS = 50;
const TAIL_CHARACTERS = 600;

/** Whether a text is a command for {@link startCommandRelay}: it must be told its port. */
export function isRelayCommand(text: string): boolean {
  return text.includes('{port}');
}

/**
 * Starts a relay by a command in which `{port}` stands for a free port of 127.0.0.1 and `{dir}` for a new empty
 * directory, and waits until it accepts connections. The shell starts it, as if the command had been typed.
 * @throws RelayBenchError `RELAY_COMMAND_FAILED` (exit code 3) with what the command said
 */
export async function startCommandRelay(name: string, command: string): Promise<CommandRelay> {
  const port = await portPicker()();
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-relay-'));
  const filled = command.replaceAll('{port}', String(port)).replaceAll('{dir}', dir);
  // A group of its own, so that whatever the command starts ends with it; `exec`, so that the pid is the relay's.
  const child = spawn('/bin/sh', ['-c', `exec ${filled}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = keepTail(child);
  const stop = async (): Promise<void> => {
    await stopGroup(child);
    await rm(dir, { recursive: true, force: true });
  };
  const problem = await waitUntilListening(child, port);
  if (problem === null) return { url: `ws://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
  await stop();
  const tail = said();
  throw new RelayBenchError(`the command of ${name} ${problem}${tail === '' ? '' : `: ${tail}`}`, {
    code: 'RELAY_COMMAND_FAILED',
    hint: 'it must listen on 127.0.0.1 at the port that {port} stands for',
    exitCode: EXIT.unreachable,
  });
}

/** Null where something accepts connections at the port, else what happened instead. */
async function waitUntilListening(child: ChildProcess, port: number): Promise<string | null> {
  const deadline = performance.now() + START_DEADLINE_MS;
  let failure: string | null = null;
  child.once('error', ({ message }) => {
    failure = `could not be started (${message})`;
  });
  while (performance.now() < deadline) {
    if (failure !== null) return failure;
    if (hasEnded(child)) return `ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`;
    if (await accepts(port)) return null;
    await wait(POLL_MS);
  }
  return `accepted no connection within ${START_DEADLINE_MS / 1_000} s`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** The end of what the program writes, and nothing more of a relay that logs every event. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS);
    });
  }
  return () => tail.trim();
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, 'exit');
  signalGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

/** The group may end by itself at any moment. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
