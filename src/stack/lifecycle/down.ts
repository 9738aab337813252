import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { requireTrustedPath } from '../../base/trusted-path.ts';
import { withLock } from '../lock.ts';
import { readState, UNTRUSTED, writeState } from '../state.ts';
import { removeData, removeIfEmpty, stopAll } from './stop-all.ts';

/** What taking a stack down did. */
export interface StackDown {
  readonly profile: string;
  /** Services that were running. */
  readonly stopped: number;
}

/**
 * Ends every process of the stack in a directory and removes its data.
 * @param options `keep` leaves the data for the next start
 * @returns null where there is no stack
 * @throws RelayBenchError `STACK_BUSY`, `STACK_STATE_INVALID`
 */
export async function takeDown(dir: string, options: { readonly keep: boolean }): Promise<StackDown | null> {
  if (!existsSync(resolve(dir))) return null;
  const path = requireTrustedPath(resolve(dir), UNTRUSTED);
  try {
    return await withLock(path, async () => {
      const state = readState(path);
      if (state === null) return null;
      const stopped = await stopAll(state);
      // Data of a start that never finished is no use.
      if (options.keep && state.phase !== 'starting') await writeState({ ...state, phase: 'kept' });
      else await removeData(state);
      return { profile: state.profile, stopped };
    });
  } finally {
    await removeIfEmpty(path);
  }
}
