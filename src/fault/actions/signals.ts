import { setTimeout as sleep } from 'node:timers/promises';
import { goneWithin } from '../../base/stop.ts';
import { isAlive, type ProcessIdentity } from '../../observe/process-identity.ts';
import { send } from '../../stack/processes.ts';
import type { FaultPart } from '../target.ts';

/** An orderly end may take so long; what has not ended then is killed. */
const GRACE_MS = 6_000;
const KILLED_MS = 1_000;
/** How soon a part that is to stay dead is seen to be back. */
const AGAIN_MS = 20;

/**
 * Kills the leading process of a service, whose children end by themselves as after a crash; of a relay that a command
 * has started, all that it is made of.
 * @returns whether there was one
 */
export function kill(part: FaultPart): boolean {
  const all = part.processes();
  for (const each of part.service === null ? all : all.slice(0, 1)) send(each, 'SIGKILL');
  return all.length > 0;
}

/** Kills a part again as often as it comes back, until `signal` is aborted; then whoever brings it back may. */
export async function keepDead(part: FaultPart, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    kill(part);
    await sleep(AGAIN_MS);
  }
  await part.start?.();
}

/** Stops all processes of a part where they are. @returns which, so that exactly those go on again */
export function freeze(part: FaultPart): readonly ProcessIdentity[] {
  const frozen = part.processes();
  // The leader first: it starts no child any more that would be missed.
  for (const each of frozen) send(each, 'SIGSTOP');
  return frozen;
}

/** Lets processes go on; one that has ended meanwhile needs nothing. @returns how many were still there */
export function thaw(frozen: readonly ProcessIdentity[]): number {
  const there = frozen.filter((each) => isAlive(each));
  for (const each of there) send(each, 'SIGCONT');
  return there.length;
}

/**
 * Ends exactly the processes that a part has now: whatever starts it again meanwhile is left alone. The leading process of a
 * service tells its children; of a relay that a command has started all are told, since the first may be a shell that passes
 * nothing on.
 * @returns false where even SIGKILL has not ended them
 */
export async function endOrderly(part: FaultPart): Promise<boolean> {
  const before = part.processes();
  const isThere = (): boolean => before.some((each) => isAlive(each));
  for (const each of part.service === null ? before : before.slice(0, 1)) send(each, part.endSignal);
  if (await goneWithin(isThere, GRACE_MS)) return true;
  for (const each of before) send(each, 'SIGKILL');
  return await goneWithin(isThere, KILLED_MS);
}
