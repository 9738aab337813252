import { resolve } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { readState, type StackState } from '../../stack/state.ts';
import type { CommandHost } from '../host.ts';
import { defaultStackDir } from './stack-dir.ts';

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
