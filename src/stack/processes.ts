import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { env } from 'node:process';
import { goneWithin, stopOrKill } from '../base/stop.ts';
import {
  commandLineOf,
  identifyProcess,
  isAlive,
  type ProcessIdentity,
  processesIn,
  worksIn,
} from '../observe/process-identity.ts';
import type { Owner } from './owner.ts';
import { standBack } from './priority.ts';
import { openLog, putFile, readServiceFile } from './service-files.ts';
import { signalled } from './signalled.ts';
import { logOf, type Service } from './state.ts';

/** How a service is started. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Null runs it as this user. */
  readonly owner: Owner | null;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Signals that end a service in an orderly way. */
export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

const PID_FILE = 'pid.json';

/** Those who look after the others must not stand back behind them. */
const KEEPERS: readonly Service['kind'][] = ['supervisor', 'watcher'];

/** Programs that may be ended because they sit in the directory of a service; a shell of the user may not. */
const OWN_PROGRAMS = ['postgres', 'redis-server', 'haproxy', 'initdb', 'pg_basebackup', 'prometheus'];
/** Programs of this package, by the end of their path. */
const OWN_SCRIPTS = [
  'relay/main.js',
  'supervisor/main.js',
  'supervisor/watcher-main.js',
  'fault/proxy/main.js',
];

/**
 * Starts a service that outlives this process: detached, its output in its log, its identity in its pid file. Its
 * working directory is its own and recorded before, so that even a process whose pid file was never written is
 * found.
 * @throws Error where the program can't be executed
 */
export async function launch(service: Service, how: Launch): Promise<ProcessIdentity> {
  const log = openLog(logOf(service), how.owner);
  try {
    const child = spawn(how.program, how.args, {
      cwd: service.dir,
      detached: true,
      stdio: ['ignore', log, log],
      // Not the user's environment: PGPORT and the like would change what servers do.
      env: { PATH: env['PATH'], LC_ALL: 'C.UTF-8', ...how.env },
      ...(how.owner === null ? {} : { uid: how.owner.uid, gid: how.owner.gid }),
    });
    await once(child, 'spawn');
    child.unref();
    const identity = identifyProcess(child.pid ?? 0) ?? { pid: child.pid ?? 0, startTicks: 0 };
    await record(service, identity, how.owner);
    if (!KEEPERS.includes(service.kind)) await standBack(identity.pid);
    return identity;
  } finally {
    closeSync(log);
  }
}

/**
 * The running process of a service, or null. It works in the directory of its service: whoever may write the file could
 * name any process, and root would end it.
 */
export function findProcess(service: Service): ProcessIdentity | null {
  const recorded = readPidFile(service);
  return recorded !== null && isAlive(recorded) && worksIn(recorded.pid, service.dir) ? recorded : null;
}

/**
 * Every process that belongs to a service: the recorded one, its children and those whose start was never recorded.
 * Postgres moves to its data directory, the others stay in the service's own.
 */
export function allProcesses(service: Service): ProcessIdentity[] {
  const recorded = findProcess(service);
  const others = processesIn(service.dir).filter(({ pid }) => pid !== recorded?.pid && isOurs(pid));
  return recorded === null ? others : [recorded, ...others];
}

/**
 * The running process of a service, also where whoever started it was killed before it had recorded it: it is recorded
 * then, so that nobody starts a second one. Null where none runs.
 */
export async function adopt(service: Service): Promise<ProcessIdentity | null> {
  const recorded = findProcess(service);
  if (recorded !== null) return recorded;
  // The oldest: a child of Postgres bears the name of its parent for a moment.
  const [found] = processesIn(service.dir)
    .filter(({ pid }) => isMainOf(service, pid))
    .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
  if (found === undefined) return null;
  await record(service, found, null);
  return found;
}

async function record(service: Service, identity: ProcessIdentity, owner: Owner | null): Promise<void> {
  await putFile(join(service.dir, PID_FILE), JSON.stringify(identity), { owner });
}

/** Ends a service and all that belongs to it; what has not ended after `graceMs` is killed. @returns false where something is still there */
export async function end(service: Service, signal: EndSignal, graceMs: number): Promise<boolean> {
  const target = {
    signal: (which: NodeJS.Signals) => {
      for (const identity of allProcesses(service)) send(identity, which);
    },
    isGone: (withinMs: number) => goneWithin(() => allProcesses(service).length > 0, withinMs),
  };
  const isGone = await stopOrKill(target, { signal, graceMs, killedMs: graceMs });
  await rm(join(service.dir, PID_FILE), { force: true });
  return isGone;
}

/** Sends a signal to exactly this process; one that has gone meanwhile needs none. */
export function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isAlive(identity)) signalled(identity.pid, signal);
}

function isOurs(pid: number): boolean {
  const [program = '', script = ''] = commandLineOf(pid);
  // Children of Postgres rewrite their command line: `postgres: checkpointer`.
  const name = basename(program.split(/:? /, 1)[0] ?? '');
  return OWN_PROGRAMS.includes(name) || OWN_SCRIPTS.some((own) => script.endsWith(own));
}

/** What the one process of a service runs that others belong to, by the end of its path. */
const MAIN: Readonly<Record<Service['kind'], string>> = {
  postgres: 'postgres',
  'redis-pubsub': 'redis-server',
  'redis-cache': 'redis-server',
  haproxy: 'haproxy',
  'haproxy-db': 'haproxy',
  relay: 'relay/main.js',
  edge: 'relay/main.js',
  region: 'haproxy',
  supervisor: 'supervisor/main.js',
  watcher: 'supervisor/watcher-main.js',
  links: 'fault/proxy/main.js',
  prometheus: 'prometheus',
};

function isMainOf({ kind }: Service, pid: number): boolean {
  const [program = '', script = ''] = commandLineOf(pid);
  const main = MAIN[kind];
  return OWN_SCRIPTS.includes(main) ? script.endsWith(`/${main}`) : basename(program) === main;
}

function readPidFile(service: Service): ProcessIdentity | null {
  try {
    const text = readServiceFile(join(service.dir, PID_FILE));
    const { pid, startTicks } = JSON.parse(text) as Partial<ProcessIdentity>;
    return isCount(pid) && isCount(startTicks) ? { pid, startTicks } : null;
  } catch {
    // Not there, or cut off by a crash: its process is found by its working directory.
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
