/** Entry of the supervisor: keeps the stack in the directory of its argument alive until it is stopped. */
import { messageOf } from '../../base/errors.ts';
import { portOf, readState, type StackState, servicesOfKind } from '../state.ts';
import { Backends } from './backends.ts';
import { log, stackOfArguments } from './keeper-state.ts';
import { serveRoles } from './role-agent.ts';
import { serveStatus } from './status-endpoint.ts';
import { Supervisor } from './supervisor.ts';

const LOOK_EVERY_MS = 50;
const STATE_EVERY_MS = 500;

function fail(error: unknown): never {
  log(messageOf(error));
  process.exit(1);
}

async function main(): Promise<void> {
  const state = stackOfArguments(process.argv.slice(2));
  const [own] = servicesOfKind(state, 'supervisor');
  if (own === undefined) throw new Error(`the stack in ${state.dir} has no supervisor`);
  let supervisor: Supervisor | null = null;
  // First: a second supervisor of the same stack ends here, because its ports are taken.
  await serveStatus(portOf(own, 'http'), () => supervisor?.status() ?? { restarts: {} });
  supervisor = new Supervisor({ state, log });
  if (state.phase === 'up') await supervisor.takeStock();
  const known = supervisor;
  await serveRoles(portOf(own, 'roles'), (question) => known.roleOf(question));
  process.on('SIGTERM', () => process.exit(0));
  watchOver(state, supervisor);
}

/** Answers from the beginning; acts once the stack was up, so that it never meddles with its start. */
function watchOver(initial: StackState, supervisor: Supervisor): void {
  let isUp = initial.phase === 'up';
  const backends = new Backends(servicesOfKind(initial, 'postgres'));
  setInterval(() => {
    try {
      const state = readState(initial.dir);
      if (state === null || state.phase === 'stopping') process.exit(0);
      isUp = state.phase === 'up';
    } catch (error) {
      fail(error);
    }
    backends.look().catch(fail);
  }, STATE_EVERY_MS);
  setInterval(() => {
    if (isUp) supervisor.look();
  }, LOOK_EVERY_MS);
}

main().catch(fail);
