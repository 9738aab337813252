/** Entry of the watcher: keeps the supervisor of the stack in the directory of its argument alive until it is stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../base/errors.ts';
import { readState, type StackState, servicesOfKind } from '../state.ts';
import { log, stackOfArguments } from './keeper-state.ts';
import { launchSupervisor } from './launch.ts';
import { Watcher } from './watcher.ts';

const LOOK_EVERY_MS = 200;

function isUp({ dir }: StackState): boolean {
  try {
    const state = readState(dir);
    if (state === null || state.phase === 'stopping') process.exit(0);
    return state.phase === 'up';
  } catch (error) {
    // Somebody else has written it, or it is none: nothing is started on its word.
    return fail(error);
  }
}

function fail(error: unknown): never {
  log(messageOf(error));
  process.exit(1);
}

async function main(): Promise<void> {
  const state = stackOfArguments(process.argv.slice(2));
  const [supervisor] = servicesOfKind(state, 'supervisor');
  if (supervisor === undefined) throw new Error(`the stack in ${state.dir} has no supervisor`);
  process.on('SIGTERM', () => process.exit(0));
  const watcher = new Watcher({
    supervisor,
    isUp: () => isUp(state),
    launch: () => launchSupervisor(state, supervisor),
    log,
  });
  for (;;) {
    // What fails now is tried again at the next look: nobody else would.
    await watcher.look().catch((error: unknown) => log(messageOf(error)));
    await sleep(LOOK_EVERY_MS);
  }
}

main().catch(fail);
