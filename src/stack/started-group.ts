import { randomUUID } from 'node:crypto';
import { goneWithin, stopOrKill } from '../base/stop.ts';
import { processesOf } from '../observe/process-identity.ts';
import { signalled } from './signalled.ts';

/** All that a command has started, known by its process group and by a mark in the environment. */
export interface StartedGroup {
  /** Number of the process group; its leader may have gone long ago. */
  readonly group: number;
  /** What {@link newMark} gave: it finds those that have left the group. */
  readonly mark: string;
}

/** An orderly end may take so long; together with what follows it fits into the two seconds of a hard stop. */
const GRACE_MS = 1_500;
/** For the kernel to take away what was killed. */
const KILLED_MS = 400;

/** A variable of the environment that no other process has, as `NAME=value`. */
export function newMark(): string {
  return `RELAY_BENCH_STARTED=${randomUUID()}`;
}

/** The same for the `env` of a process. */
export function asEnvironment(mark: string): Record<string, string> {
  const [name = '', value = ''] = mark.split('=');
  return { [name]: value };
}

/** Ends every process of a group (SIGTERM, then SIGKILL), also where the one that was started has left before. */
export async function endGroup(started: StartedGroup, graceMs = GRACE_MS): Promise<void> {
  const target = {
    signal: (signal: NodeJS.Signals) => signalAll(started, signal),
    isGone: (withinMs: number) => goneWithin(() => isThere(started), withinMs),
  };
  await stopOrKill(target, { graceMs, killedMs: KILLED_MS });
}

/** Systems without /proc are asked for the group alone, zombies included. */
function isThere(started: StartedGroup): boolean {
  const members = processesOf(started);
  return members === null ? signalled(-started.group, 0) : members.length > 0;
}

function signalAll(started: StartedGroup, signal: NodeJS.Signals): void {
  signalled(-started.group, signal);
  for (const { pid } of processesOf(started) ?? []) signalled(pid, signal);
}
