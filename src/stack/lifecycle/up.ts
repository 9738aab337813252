import { chmod, chown, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { getuid, platform } from 'node:process';
import { makeDirectory, requireWritable } from '../../base/directory.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { programsFor, requirePrograms } from '../binaries.ts';
import { requireSpace } from '../disk-space.ts';
import { withLock } from '../lock.ts';
import { type Owner, ownerFor, requireReachable } from '../owner.ts';
import { planStack, type StackRequest } from '../plan-stack.ts';
import { requireFree } from '../ports.ts';
import { readState, type StackState, writeState } from '../state.ts';
import { servicesOf } from '../topology.ts';
import { reattach } from './reattach.ts';
import { type OnStartStep, startAll } from './start-all.ts';
import { removeData, removeIfEmpty, stopAll } from './stop-all.ts';

/** What starting a stack needs besides what the stack is to be. */
export interface UpContext {
  /** PATH to look for programs on. */
  readonly path: string;
  /** Folder of the only Postgres that will do; undefined: the first that is found. */
  readonly postgresHome?: string | undefined;
  /** Aborting it stops what was started. */
  readonly signal: AbortSignal;
  readonly onStep: OnStartStep;
}

/** A stack that can be loaded. */
export interface StackUp {
  readonly state: StackState;
  /** Whether it ran already. */
  readonly isReattached: boolean;
}

/**
 * Brings a stack up, or finds it running. Whatever fails, nothing that was started here is left behind.
 * @throws RelayBenchError (exit 3) where it can't be started
 */
export async function bringUp(request: StackRequest, context: UpContext): Promise<StackUp> {
  requireLinux();
  const dir = resolve(request.dir);
  await requireWritable(dir, '--dir');
  await makeDirectory(dir, 0o755);
  try {
    return await withLock(dir, () => start({ ...request, dir }, context));
  } finally {
    await removeIfEmpty(dir);
  }
}

function requireLinux(): void {
  if (platform === 'linux') return;
  throw new RelayBenchError('the stack runs on Linux only: its processes are recognised by /proc', {
    code: 'STACK_UNSUPPORTED',
    hint: 'load a relay of your own with --relay, or run this in a Linux container',
    exitCode: EXIT.unreachable,
  });
}

async function start(request: StackRequest, context: UpContext): Promise<StackUp> {
  const before = readState(request.dir);
  if (before?.phase === 'up') {
    requireSame(before, request);
    await reattach(before, context.signal);
    return { state: before, isReattached: true };
  }
  if (before?.phase === 'starting') throw halfDead(request.dir);
  if (before?.phase === 'kept') requireSame(before, request);
  const state = before ?? (await plan(request, context));
  return { state: await startOrClean(state, context, before !== null), isReattached: false };
}

async function plan(request: StackRequest, { path, postgresHome }: UpContext): Promise<StackState> {
  await requireEmpty(request.dir);
  const kinds = new Set(servicesOf(request.shape).map(({ kind }) => kind));
  const binaries = await requirePrograms(programsFor(kinds), path, postgresHome);
  const owner = ownerFor(getuid?.() ?? -1);
  requireReachable(request.dir, owner);
  await requireSpace(request.dir, request.shape);
  if (request.port !== undefined) await requireFree(request.port, 'leave --port out to take a free one');
  return planStack(request, owner, { ...binaries });
}

/** From the first write on, a failure or an interruption ends everything again. */
async function startOrClean(
  planned: StackState,
  { signal, onStep }: UpContext,
  keepData: boolean,
): Promise<StackState> {
  const starting: StackState = { ...planned, phase: 'starting' };
  try {
    await writeState(starting);
    await makeDirectories(starting);
    await startAll(starting, signal, onStep);
    const up: StackState = { ...starting, phase: 'up' };
    await writeState(up);
    return up;
  } catch (error) {
    await stopAll(starting);
    if (keepData) await writeState(planned);
    else await removeData(starting);
    throw error;
  }
}

async function makeDirectories({ services, owner }: StackState): Promise<void> {
  for (const { dir, kind } of services) {
    await makeDirectory(dir, 0o700);
    const runsAsOwner = kind !== 'relay' && kind !== 'supervisor';
    await own(dir, runsAsOwner ? owner : null);
  }
}

async function own(dir: string, owner: Owner | null): Promise<void> {
  await chmod(dir, 0o700);
  if (owner !== null) await chown(dir, owner.uid, owner.gid);
}

async function requireEmpty(dir: string): Promise<void> {
  const others = (await readdir(dir)).filter((name) => name !== 'lock');
  if (others.length === 0) return;
  throw new RelayBenchError(`${dir} holds files that do not belong to a stack, for example ${others[0]}`, {
    code: 'STACK_DIR_NOT_EMPTY',
    hint: 'name an empty or a new directory with --dir',
    exitCode: EXIT.unreachable,
  });
}

function requireSame(running: StackState, wanted: StackRequest): void {
  const facts = ({ profile, shape, durability, cache }: StackState | StackRequest): string =>
    `${profile} (${shape.relays} relays, ${shape.replicas} replicas, ${durability}, cache ${cache})`;
  if (facts(running) === facts(wanted)) return;
  throw new RelayBenchError(`${wanted.dir} holds another stack: ${facts(running)}, not ${facts(wanted)}`, {
    code: 'STACK_DIFFERENT',
    hint: 'take it down with `relay-bench stack down`, or name another directory with --dir',
    exitCode: EXIT.unreachable,
  });
}

function halfDead(dir: string): RelayBenchError {
  return new RelayBenchError(`the start of a stack in ${dir} was cut off and never finished`, {
    code: 'STACK_HALF_STARTED',
    hint: 'remove it with `relay-bench stack down`',
    exitCode: EXIT.unreachable,
  });
}
