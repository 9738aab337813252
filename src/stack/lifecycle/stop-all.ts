import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../owner.ts';
import { allProcesses, type EndSignal, end } from '../processes.ts';
import { runProgram } from '../run-program.ts';
import { type Service, type StackState, servicesOfKind, writeState } from '../state.ts';

/** Files of a stack, and what is left of one that was being written. */
const OWN_FILE = /^(?:stack|secrets|relay-secrets)\.json(?:\..+\.new)?$/;

/** Who must be gone before the next may go: nobody restarts what is stopped, clients before servers. */
const ORDER: readonly (readonly Service['kind'][])[] = [
  ['watcher', 'supervisor'],
  ['haproxy', 'relay', 'region', 'edge', 'prometheus'],
  ['haproxy-db', 'redis-pubsub', 'redis-cache', 'postgres', 'links'],
];

/** Signals for an orderly end; SIGINT is the fast shutdown of Postgres. */
const SIGNALS: Readonly<Record<Service['kind'], EndSignal>> = {
  supervisor: 'SIGTERM',
  watcher: 'SIGTERM',
  links: 'SIGTERM',
  haproxy: 'SIGTERM',
  'haproxy-db': 'SIGTERM',
  relay: 'SIGTERM',
  edge: 'SIGTERM',
  region: 'SIGTERM',
  prometheus: 'SIGTERM',
  'redis-pubsub': 'SIGTERM',
  'redis-cache': 'SIGTERM',
  postgres: 'SIGINT',
};

/** How a service is asked to end in an orderly way. */
export function endSignalOf({ kind }: Service): EndSignal {
  return SIGNALS[kind];
}

/** The relay promises to end within 5 s. */
const GRACE_MS = 6_000;

/** After SIGKILL a process is gone as soon as the kernel has cleared it away. */
const KILLED_MS = 300;

/** Tells those who bring back what ends that nothing is to be brought back any more, each other included. */
async function beginStop(state: StackState): Promise<void> {
  if (state.phase === 'up') await writeState({ ...state, phase: 'stopping' });
}

/** Kills every process of a stack and removes what it has written, for a second signal: in less than two seconds. */
export async function killAll(state: StackState): Promise<void> {
  await beginStop(state);
  for (const kinds of ORDER) {
    const services = servicesOfKind(state, ...kinds);
    await Promise.all(services.map((service) => end(service, 'SIGKILL', KILLED_MS)));
  }
  await removeData(state);
  await removeIfEmpty(state.dir);
}

/** Ends every process of a stack, those included that no file tells of. @returns how many there were */
export async function stopAll(state: StackState): Promise<number> {
  const running = state.services.filter((service) => allProcesses(service).length > 0).length;
  await beginStop(state);
  for (const kinds of ORDER) {
    const services = servicesOfKind(state, ...kinds);
    await Promise.all(services.map((service) => end(service, endSignalOf(service), GRACE_MS)));
  }
  return running;
}

/** Removes what a stack has written, and its directory where nothing else is in it. */
export async function removeData(state: StackState): Promise<void> {
  await removeServices(state.services, state.owner);
  const files = (await readdir(state.dir)).filter((name) => OWN_FILE.test(name));
  await Promise.all(files.map((name) => rm(join(state.dir, name), { force: true })));
}

/** Removes what services have written. @param owner who they run as; null for this user */
export async function removeServices(services: readonly Service[], owner: Owner | null): Promise<void> {
  await Promise.all(services.map(({ dir }) => removeDirectory(dir, owner)));
}

/**
 * Empties a directory as the user to whom it belongs: whatever that user has put there, root removes nothing elsewhere.
 */
async function removeDirectory(dir: string, owner: Owner | null): Promise<void> {
  if (owner === null || !existsSync(dir)) {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    return;
  }
  await runProgram({ program: 'find', args: ['.', '-mindepth', '1', '-delete'], cwd: dir, owner });
  await removeIfEmpty(dir);
}

/** Removes a directory where it is empty. */
export async function removeIfEmpty(dir: string): Promise<void> {
  try {
    await rmdir(dir);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY'].includes(code)) throw error;
  }
}
