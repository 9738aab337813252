import { resolve } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { readState, type StackState } from '../../stack/state.ts';
import { regionsOf, resolveShape, type StackShape } from '../../stack/topology.ts';
import type { CommandHost } from '../host.ts';
import { defaultStackDir } from './stack-dir.ts';

/**
 * The stack of a profile that is up in a directory, or whose data was kept there; null where none is. A run takes it as it is,
 * whatever its numbers.
 * @param dir as given; undefined for the default one
 */
export function standingStack(
  profile: string,
  dir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): StackState | null {
  const state = readState(resolve(dir ?? defaultStackDir(env)));
  const isThere = state?.phase === 'up' || state?.phase === 'kept';
  return isThere && state.profile === profile ? state : null;
}

/**
 * Relay processes that a run of a profile will load: those of the stack that is there, else those of the profile.
 * @throws RelayBenchError `STACK_PROFILE_UNKNOWN`
 */
export function relayProcessesOf(
  profile: string,
  dir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): number {
  return shapeOf(profile, dir, env).relays;
}

/**
 * Names of the regions whose balancers a run of a profile will load, in the order of its targets; none in a stack without regions.
 * @throws RelayBenchError `STACK_PROFILE_UNKNOWN`
 */
export function regionNamesOf(
  profile: string,
  dir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return regionsOf(shapeOf(profile, dir, env)).map(({ balancer }) => balancer);
}

/**
 * The shape of the stack that a run of a profile will load: that of the one that is there, else that of the profile.
 * @throws RelayBenchError `STACK_PROFILE_UNKNOWN`
 */
export function shapeOf(
  profile: string,
  dir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): StackShape {
  const wanted = resolveShape(profile);
  return standingStack(profile, dir, env)?.shape ?? wanted;
}

/**
 * The stack that a command is about.
 * @param dir as given; undefined for the default one
 * @throws RelayBenchError `STACK_NOT_UP` (exit 3)
 */
export function requireStack(dir: string | undefined, { io }: CommandHost): StackState {
  const path = resolve(dir ?? defaultStackDir(io.env));
  const state = readState(path);
  if (state !== null) return state;
  throw new RelayBenchError(`there is no stack in ${path}`, {
    code: 'STACK_NOT_UP',
    hint: 'start one with `relay-bench stack up`',
    exitCode: EXIT.unreachable,
  });
}
