import { chmod, chown, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { getuid, platform } from 'node:process';
import { makeDirectory, requireWritable } from '../../base/directory.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { requireTrustedDirectory, requireTrustedPath, type TrustError } from '../../base/trusted-path.ts';
import { programsFor, requirePrograms } from '../binaries.ts';
import { requireSpace } from '../disk-space.ts';
import { withLock } from '../lock.ts';
import { type Owner, ownerFor, requireReachable } from '../owner.ts';
import { type PlannedPrograms, planStack, type StackRequest } from '../plan-stack.ts';
import { requireFree } from '../ports.ts';
import { relayOwner } from '../relays.ts';
import { provideSecrets } from '../secrets.ts';
import { type LinkKind, readState, type Service, type StackState, UNTRUSTED, writeState } from '../state.ts';
import { servicesOf } from '../topology.ts';
import { peculiarities } from '../tuning/tuning.ts';
import { replanKept } from './kept.ts';
import { reattach } from './reattach.ts';
import { type OnStartStep, startAll } from './start-all.ts';
import { removeData, removeIfEmpty, stopAll } from './stop-all.ts';

/** What starting a stack needs besides what the stack is to be. */
export interface UpContext {
  /** PATH to look for programs on. */
  readonly path: string;
  /** Whether only the Postgres of npm will do. */
  readonly wantsNpm: boolean;
  /** Where that of npm is, or would be; undefined where there is none for this platform. */
  readonly npmHome?: string | undefined;
  /** Aborting it stops what was started. */
  readonly signal: AbortSignal;
  readonly onStep: OnStartStep;
}

const UNTRUSTED_PROGRAMS: TrustError = {
  what: 'Postgres in',
  code: 'STACK_PROGRAMS_UNTRUSTED',
  exitCode: EXIT.unreachable,
};

/** A stack that can be loaded. */
export interface StackUp {
  readonly state: StackState;
  /** Whether it ran already. */
  readonly isReattached: boolean;
  /** What the stack was before its data was kept, in words; null where it is the same, or new. */
  readonly was: string | null;
}

/**
 * Brings a stack up, or finds it running. Whatever fails, nothing that was started here is left behind.
 * @throws RelayBenchError (exit 3) where it can't be started
 */
export async function bringUp(request: StackRequest, context: UpContext): Promise<StackUp> {
  requireLinux();
  const dir = resolve(request.dir);
  requireTrustedPath(dir, UNTRUSTED);
  await requireWritable(dir, '--dir');
  await makeDirectory(dir, 0o755);
  try {
    const real = requireTrustedPath(dir, UNTRUSTED);
    return await withLock(real, () => start({ ...request, dir: real }, context));
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
    const running = { ...before, ...(await findBinaries(before.services, before.postgres, context)) };
    await reattach(running, context.signal);
    return { state: running, isReattached: true, was: null };
  }
  if (before?.phase === 'starting') throw halfDead(request.dir, 'start');
  if (before?.phase === 'stopping') throw halfDead(request.dir, 'end');
  const state = before === null ? await plan(request, context) : await planAgain(before, request, context);
  const was = before === null || factsOf(before) === factsOf(request) ? null : factsOf(before);
  return { state: await startOrClean(state, context, before !== null), isReattached: false, was };
}

/**
 * The programs of a stack, from the search path and the folder where this package installs them: never from what a
 * stack says of itself.
 * @param postgres whose data is there already; null where none is
 */
async function findBinaries(
  services: readonly Pick<Service, 'kind'>[],
  postgres: StackState['postgres'] | null,
  { path, wantsNpm, npmHome }: UpContext,
): Promise<PlannedPrograms> {
  if (npmHome !== undefined) requireTrustedDirectory(npmHome, UNTRUSTED_PROGRAMS);
  const kinds = new Set(services.map(({ kind }) => kind));
  const isNpm = postgres === null ? wantsNpm : postgres === 'npm';
  const binaries = await requirePrograms(programsFor(kinds), path, isNpm ? npmHome : undefined);
  const found = binaries.postgres === undefined ? null : dirname(binaries.postgres);
  return { binaries, postgres: found !== null && found === npmHome ? 'npm' : 'system' };
}

async function plan(request: StackRequest, context: UpContext): Promise<StackState> {
  await requireEmpty(request.dir);
  const { shape, observe = false } = request;
  const programs = await findBinaries(servicesOf(shape, { observe }), null, context);
  const owner = ownerFor(getuid?.() ?? -1);
  requireReachable(request.dir, owner);
  await requireSpace(request.dir, request.shape);
  if (request.port !== undefined) await requireFree(request.port, 'leave --port out to take a free one');
  return planStack(request, owner, programs);
}

/** @param kept state of the stack whose data is there */
async function planAgain(kept: StackState, request: StackRequest, context: UpContext): Promise<StackState> {
  const { shape, observe = false } = request;
  const programs = await findBinaries(servicesOf(shape, { observe }), kept.postgres, context);
  if (request.port !== undefined)
    await requireFree(request.port, 'leave --port out to take the one of before');
  return replanKept(kept, request, programs);
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
    await provideSecrets(starting, relayOwner(starting));
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
  for (const { dir } of services) {
    await makeDirectory(dir, 0o700);
    // Also where it runs as root, because its user may not read this package: root writes anywhere.
    await own(dir, owner);
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
  const lacking = (wanted.links ?? []).filter((kind) => !running.links.includes(kind));
  if (lacking.length > 0) throw withoutProxy(wanted.dir, lacking);
  if (wanted.observe === true && !running.observe) throw withoutObserver(wanted.dir);
  const [is, shall] = [factsOf(running), factsOf(wanted)];
  if (is === shall) return;
  throw new RelayBenchError(`${wanted.dir} holds another stack: ${is}, not ${shall}`, {
    code: 'STACK_DIFFERENT',
    hint: 'take it down with `relay-bench stack down` (--keep leaves its data for the next one), or name another directory with --dir',
    exitCode: EXIT.unreachable,
  });
}

/** What tells one stack from another, in words. */
function factsOf(one: StackState | StackRequest): string {
  const { profile, shape, durability, cache } = one;
  const edges = shape.regions === 0 ? [] : [`${shape.edges} edges a region`];
  const numbers = [
    ...[`${shape.relays} relays`, `${shape.replicas} replicas`, ...edges],
    ...[durability, `cache ${cache}`],
  ];
  return `${profile} (${[...numbers, ...peculiarities(one)].join(', ')})`;
}

function withoutProxy(dir: string, lacking: readonly LinkKind[]): RelayBenchError {
  const links = `${lacking.join(', ')} ${lacking.length === 1 ? 'link' : 'links'}`;
  return new RelayBenchError(`the stack in ${dir} was started without a proxy in its ${links}`, {
    code: 'STACK_DIFFERENT',
    hint: 'take it down with `relay-bench stack down`; then start it with `stack up --faultable`, or let the run start it',
    exitCode: EXIT.unreachable,
  });
}

function withoutObserver(dir: string): RelayBenchError {
  return new RelayBenchError(`the stack in ${dir} was started without Prometheus`, {
    code: 'STACK_DIFFERENT',
    hint: 'take it down with `relay-bench stack down`; then start it with `stack up --observe`',
    exitCode: EXIT.unreachable,
  });
}

function halfDead(dir: string, what: 'start' | 'end'): RelayBenchError {
  return new RelayBenchError(`the ${what} of a stack in ${dir} was cut off and never finished`, {
    code: 'STACK_HALF_STARTED',
    hint: 'remove it with `relay-bench stack down`',
    exitCode: EXIT.unreachable,
  });
}
