import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import type { Placement } from '../plan/placement.ts';

/** Node.js can't say where a thread runs; util-linux, which every Linux but the smallest has, can. */
const TASKSET = 'taskset';

/** Carries out a command. @throws Error where it fails */
export type RunCommand = (program: string, args: readonly string[]) => Promise<unknown>;

const runCommand: RunCommand = (program, args) => promisify(execFile)(program, [...args]);

/**
 * Keeps this process, and whatever it starts from now on, to the cores of the rest.
 * @throws RelayBenchError `CANNOT_PIN`
 */
export async function keepToOthers({ others }: Placement, run: RunCommand = runCommand): Promise<void> {
  await pin(run, ['-a'], others, process.pid);
}

/**
 * Gives the event loop of each worker its own core; the other threads of a worker (the compiler, the garbage collector, the
 * ticker) keep to those of the rest. To be called when these threads are there: a thread inherits the core of the one that starts it.
 * @param pids of the workers, in their order
 * @throws RelayBenchError `CANNOT_PIN`
 */
export async function pinWorkers(
  pids: readonly number[],
  { workers, others }: Placement,
  run: RunCommand = runCommand,
): Promise<void> {
  await Promise.all(
    pids.map(async (pid, index) => {
      const core = workers[index];
      if (core === undefined) return;
      await pin(run, ['-a'], others, pid);
      // The thread that has the number of the process is the one that its program runs on.
      await pin(run, [], [core], pid);
    }),
  );
}

async function pin(
  run: RunCommand,
  flags: readonly string[],
  cores: readonly number[],
  pid: number,
): Promise<void> {
  try {
    await run(TASKSET, [...flags, '-p', '-c', cores.join(','), String(pid)]);
  } catch (error) {
    throw new RelayBenchError(`process ${pid} could not be given its cores: ${firstLine(messageOf(error))}`, {
      code: 'CANNOT_PIN',
      hint: '--pin needs `taskset` (util-linux); leave it out, and the system decides where everything runs',
      cause: error,
    });
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
