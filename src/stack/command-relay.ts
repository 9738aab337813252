import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endOfProcess } from '../base/ends.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskCommand } from '../base/mask-command.ts';
import { settledWithin } from '../base/stop.ts';
import { type ProcessIdentity, processesOf } from '../observe/process-identity.ts';
import { shellText } from './command-text.ts';
import { type Guard, startGuard } from './guard.ts';
import { type KeptLog, keepLog } from './kept-log.ts';
import { portPicker } from './ports.ts';
import { asEnvironment, endGroup, newMark } from './started-group.ts';

/** A relay that a command of the user started. */
export interface CommandRelay {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  /** Of the process that was started last. */
  readonly pid: number;
  /** What `{dir}` stands for. */
  readonly dir: string;
  /** From the start of the command until a WebSocket opened. */
  readonly readyMs: number;
  /** All that the command has started and that still runs; empty on systems without /proc. */
  processes(): readonly ProcessIdentity[];
  /** How the process that was started last has ended, such as `exit code 7`; null while it, or anything that it left, runs. */
  endedBy(): string | null;
  /** The end of what it has written. */
  said(): string;
  /**
   * Runs the command again, with the same port and directory, where nothing of it runs any more.
   * @throws RelayBenchError `RELAY_COMMAND_FAILED`
   */
  start(): Promise<void>;
  /**
   * Stops all that the command has started, in less than two seconds (SIGTERM, then SIGKILL), and removes its directory. Where
   * this process dies before, a guard does it.
   * @returns why its log is not whole, or null
   */
  stop(): Promise<string | null>;
}

export interface CommandRelayOptions {
  /** What messages call it. */
  readonly name: string;
  /** For a shell, with `{port}` and maybe `{dir}`. */
  readonly command: string;
  /** Null where a WebSocket opens at an address, else why none does. */
  readonly opens: (url: string) => Promise<string | null>;
  /** Aborting it ends the wait for the relay. */
  readonly signal: AbortSignal;
  /** File that keeps what the command writes; default none. */
  readonly log?: string | null;
  /** How long the relay may take to open a WebSocket. */
  readonly deadlineMs?: number;
}

/** Some relays make their database first. */
const START_DEADLINE_MS = 60_000;
const POLL_MS = 50;
/** What a process has written lies in its pipes a moment longer than the process. */
const PIPES_MS = 200;

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

/**
 * Starts a relay by a command in which `{port}` stands for a free port of 127.0.0.1 and `{dir}` for a new empty
 * directory, and waits until a WebSocket opens there. A shell starts it, as if the command had been typed.
 * @throws RelayBenchError `RELAY_COMMAND_FAILED` (exit code 3) with what the command said
 */
export async function startCommandRelay(options: CommandRelayOptions): Promise<CommandRelay> {
  const port = await portPicker()();
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-relay-'));
  const mark = newMark();
  const guard = await startGuard(CLEAN_UP, [mark, dir]);
  const log = await keepLog(options.log ?? null);
  const relay = new Relay({ options, port, dir, mark, guard, log });
  guard.tell(String(relay.pid));
  const problem = await relay.problemUntilUp().catch(async (error: unknown) => {
    await relay.stop();
    throw error;
  });
  if (problem === null) return relay;
  // What it has said is known when all of it has ended.
  await relay.stop();
  throw failed(options, problem, log);
}

interface Parts {
  readonly options: CommandRelayOptions;
  readonly port: number;
  readonly dir: string;
  readonly mark: string;
  readonly guard: Guard;
  readonly log: KeptLog;
}

class Relay implements CommandRelay {
  readonly url: string;
  readonly dir: string;
  readyMs = 0;
  readonly #parts: Parts;
  #started: Started;
  #stopping: Promise<string | null> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.url = `ws://127.0.0.1:${parts.port}`;
    this.dir = parts.dir;
    this.#started = startOnce(parts);
  }

  /** 0 where nothing could be started. */
  get pid(): number {
    return this.#started.child.pid ?? 0;
  }

  processes(): readonly ProcessIdentity[] {
    return processesOf({ group: this.pid, mark: this.#parts.mark }) ?? [];
  }

  endedBy(): string | null {
    const { end } = this.#started;
    return end === null || this.processes().length > 0 ? null : end;
  }

  said(): string {
    return this.#parts.log.tail();
  }

  async start(): Promise<void> {
    if (this.processes().length > 0) return;
    this.#started = startOnce(this.#parts);
    const problem = await this.problemUntilUp();
    if (problem !== null) throw failed(this.#parts.options, problem, this.#parts.log);
  }

  /** Further calls wait for the same end. */
  stop(): Promise<string | null> {
    this.#stopping ??= this.#cleanUp();
    return this.#stopping;
  }

  /** Null when a WebSocket has opened, else what happened instead. */
  async problemUntilUp(): Promise<string | null> {
    const { opens, signal, deadlineMs = START_DEADLINE_MS } = this.#parts.options;
    const beganMs = performance.now();
    let refusal = 'nobody was asked';
    while (performance.now() < beganMs + deadlineMs) {
      if (signal.aborted) return 'was interrupted while it started';
      const problem = await opens(this.url);
      const end = this.#endInVain();
      if (end !== null) return end;
      if (problem === null) {
        this.readyMs = performance.now() - beganMs;
        return null;
      }
      refusal = problem;
      await wait(POLL_MS);
    }
    return `opened no WebSocket within ${deadlineMs / 1_000} s (${refusal})`;
  }

  /** How it has ended without leaving a relay: a command may, but one that has failed, or left nothing, has none. */
  #endInVain(): string | null {
    const { end } = this.#started;
    if (end === null || (end === 'exit code 0' && !this.#hasLeftNothing())) return null;
    return this.pid === 0 ? end : `ended with ${end}`;
  }

  /** False where a system can't tell. */
  #hasLeftNothing(): boolean {
    return processesOf({ group: this.pid, mark: this.#parts.mark })?.length === 0;
  }

  async #cleanUp(): Promise<string | null> {
    const { mark, dir, guard, log } = this.#parts;
    if (this.pid !== 0) await endGroup({ group: this.pid, mark });
    await settledWithin(this.#started.read, PIPES_MS);
    const problem = await log.close();
    await rm(dir, { recursive: true, force: true });
    await guard.release();
    return problem;
  }
}

/** One start of the command. */
interface Started {
  readonly child: ChildProcess;
  /** How it has ended; null while it runs. */
  end: string | null;
  /** Resolves when all that it, and whatever shares its pipes, has written is read. */
  readonly read: Promise<unknown>;
}

/** A group of its own, so that whatever the command starts ends with it. */
function startOnce({ options: { command }, port, dir, mark, log }: Parts): Started {
  log.note(`${new Date().toISOString()} port ${port}: ${maskCommand(command)}`);
  const child = spawn('/bin/sh', ['-c', shellText(command, { port, dir })], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...asEnvironment(mark) },
  });
  // A process that could not be started may have no streams at all.
  const streams = [child.stdout, child.stderr].flatMap((stream) => stream ?? []);
  const read = Promise.all(
    streams.map((stream) => {
      stream.on('data', (bytes: Buffer) => log.write(bytes));
      return new Promise((resolve) => stream.once('close', resolve));
    }),
  );
  const started: Started = { child, end: null, read };
  void endOfProcess(child).then((how) => {
    started.end = how;
    log.note(`${new Date().toISOString()} ended with ${how}`);
  });
  return started;
}

function failed({ name, log }: CommandRelayOptions, problem: string, kept: KeptLog): RelayBenchError {
  const tail = kept.tail();
  const where = log === undefined || log === null ? '' : `; all that it wrote is in ${log}`;
  return new RelayBenchError(`the command of ${name} ${problem}${tail === '' ? '' : `: ${tail}`}`, {
    code: 'RELAY_COMMAND_FAILED',
    hint: `it must open WebSockets on 127.0.0.1 at the port that {port} stands for${where}`,
    exitCode: EXIT.unreachable,
  });
}
