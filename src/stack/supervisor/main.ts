/** Entry of the supervisor: keeps the stack in the directory of its argument alive until it is stopped. */
import { messageOf } from '../../base/errors.ts';
import type { Binaries } from '../binaries.ts';
import { portOf, readState, type StackState, servicesOfKind } from '../state.ts';
import { Backends } from './backends.ts';
import { serveRoles } from './role-endpoint.ts';
import { Supervisor } from './supervisor.ts';

const LOOK_EVERY_MS = 100;
const STATE_EVERY_MS = 500;

function log(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

function fail(error: unknown): never {
  log(messageOf(error));
  process.exit(1);
}

function binariesOf(text = '{}'): Binaries {
  return JSON.parse(text) as Binaries;
}

async function main(): Promise<void> {
  const dir = process.argv[2] ?? '';
  const written = readState(dir);
  // Whoever starts this has looked for the programs; the file of the stack has no say in what is run.
  const state = written === null ? null : { ...written, binaries: binariesOf(process.argv[3]) };
  const own = state === null ? undefined : servicesOfKind(state, 'supervisor')[0];
  if (state === null || own === undefined) throw new Error(`${dir} holds no stack`);
  const supervisor = new Supervisor({ state, log });
  await serveRoles(portOf(own, 'http'), {
    mayWrite: (name) => supervisor.mayWrite(name),
    mayRead: (name, listener) => supervisor.mayRead(name, listener),
    status: () => supervisor.status(),
  });
  process.on('SIGTERM', () => process.exit(0));
  watchOver(dir, state, supervisor);
}

/** Answers from the beginning; acts once the stack was up, so that it never meddles with its start. */
function watchOver(dir: string, initial: StackState, supervisor: Supervisor): void {
  let isUp = initial.phase === 'up';
  const backends = new Backends(servicesOfKind(initial, 'postgres'));
  setInterval(() => {
    try {
      const state = readState(dir);
      if (state === null) process.exit(0);
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
