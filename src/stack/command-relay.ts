import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endOfProcess } from '../base/ends.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { type ProcessIdentity, processesOf } from '../observe/process-identity.ts';
import { type Guard, startGuard } from './guard.ts';
import { portPicker } from './ports.ts';
import { asEnvironment, endGroup, newMark } from './started-group.ts';

/** A relay that a command of the user started. */
export interface CommandRelay {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  /** Of the process that was started last. */
  readonly pid: number;
  /** All that the command has started and that still runs; empty on systems without /proc. */
  processes(): readonly ProcessIdentity[];
  /**
   * Runs the command again, with the same port and directory, where nothing of it runs any more.
   * @throws RelayBenchError `RELAY_COMMAND_FAILED`
   */
  start(): Promise<void>;
  /**
   * Stops all that the command has started, in less than two seconds (SIGTERM, then SIGKILL), and removes its directory. Where
   * this process dies before, a guard does it.
   */
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 20_000;
const CONNECT_DEADLINE_MS = 1_000;
const POLL_MS = 50;
const TAIL_CHARACTERS = 600;

/** What {@link CommandRelay.stop} does, for the guard: `$1` is the mark, `$2` the directory, `$told` the group. */
const CLEAN_UP = `
signal() {
  [ -z "$told" ] || kill -s "$1" -- "-$told"
  for file in $(grep -ls -e "$2" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -s "$1" "\${pid%/environ}"
  done
}
signal TERM "$1"
sleep 1
signal KILL "$1"
rm -rf -- "$2"
`;

/** Whether a text is a command for {@link startCommandRelay}: it must be told its port. */
export function isRelayCommand(text: string): boolean {
  return text.includes('{port}');
}

/**
 * Starts a relay by a command in which `{port}` stands for a free port of 127.0.0.1 and `{dir}` for a new empty
 * directory, and waits until it accepts connections. The shell starts it, as if the command had been typed.
 * @param signal aborting it ends the wait
 * @throws RelayBenchError `RELAY_COMMAND_FAILED` (exit code 3) with what the command said
 */
export async function startCommandRelay(
  name: string,
  command: string,
  signal: AbortSignal,
): Promise<CommandRelay> {
  const port = await portPicker()();
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-relay-'));
  const mark = newMark();
  const guard = await startGuard(CLEAN_UP, [mark, dir]);
  const text = command.replaceAll('{port}', String(port)).replaceAll('{dir}', dir);
  let child = spawnCommand(text, mark);
  guard.tell(String(child.pid ?? ''));
  const stop = onlyOnce(() => cleanUp({ group: child.pid, mark, dir, guard }));
  const processes = (): ProcessIdentity[] => processesOf({ group: child.pid ?? 0, mark }) ?? [];
  try {
    await untilUp(name, { child, mark, port, signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `ws://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    processes,
    start: async () => {
      if (processes().length > 0) return;
      child = spawnCommand(text, mark);
      await untilUp(name, { child, mark, port, signal });
    },
    stop,
  };
}

/** @throws RelayBenchError `RELAY_COMMAND_FAILED` with what the command said */
async function untilUp(name: string, starting: Starting): Promise<void> {
  const said = keepTail(starting.child);
  const problem = await waitUntilListening(starting);
  if (problem === null) return;
  const tail = said();
  throw new RelayBenchError(`the command of ${name} ${problem}${tail === '' ? '' : `: ${tail}`}`, {
    code: 'RELAY_COMMAND_FAILED',
    hint: 'it must listen on 127.0.0.1 at the port that {port} stands for',
    exitCode: EXIT.unreachable,
  });
}

/** A group of its own, so that whatever the command starts ends with it; `exec`, so that the pid is the relay's. */
function spawnCommand(command: string, mark: string): ChildProcess {
  return spawn('/bin/sh', ['-c', `exec ${command}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...asEnvironment(mark) },
  });
}

interface Started {
  /** Undefined where nothing could be started. */
  readonly group: number | undefined;
  readonly mark: string;
  readonly dir: string;
  readonly guard: Guard;
}

async function cleanUp({ group, mark, dir, guard }: Started): Promise<void> {
  if (group !== undefined) await endGroup({ group, mark });
  await rm(dir, { recursive: true, force: true });
  await guard.release();
}

/** Further calls wait for the same end. */
function onlyOnce(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= action();
    return running;
  };
}

interface Starting {
  readonly child: ChildProcess;
  readonly mark: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Null where something accepts connections at the port, else what happened instead. */
async function waitUntilListening({ child, mark, port, signal }: Starting): Promise<string | null> {
  const deadline = performance.now() + START_DEADLINE_MS;
  const isEmpty = (): boolean => processesOf({ group: child.pid ?? 0, mark })?.length === 0;
  let end: string | null = null;
  void endOfProcess(child).then((how) => {
    end = child.pid === undefined ? how : `ended with ${how}`;
  });
  while (performance.now() < deadline) {
    if (signal.aborted) return 'was interrupted while it started';
    if (await accepts(port)) return null;
    // A command may leave a relay behind and end; one that has failed, or left nothing, has none.
    if (end !== null && (end !== 'ended with exit code 0' || isEmpty())) return end;
    await wait(POLL_MS);
  }
  return end ?? `accepted no connection within ${START_DEADLINE_MS / 1_000} s`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: CONNECT_DEADLINE_MS });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
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
