import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { launch } from '../processes.ts';
import { programEnvironment, programOwner } from '../run-as.ts';
import type { Service, StackState } from '../state.ts';

const SUPERVISOR = fileURLToPath(new URL('./main.js', import.meta.url));
const WATCHER = fileURLToPath(new URL('./watcher-main.js', import.meta.url));

/** Starts the supervisor of a stack: as the user of the servers, so that it can start and end them and nothing else. */
export async function launchSupervisor(state: StackState, supervisor: Service): Promise<void> {
  await launchKeeper(SUPERVISOR, state, supervisor);
}

/** Starts the process that brings back the supervisor, as the same user. */
export async function launchWatcher(state: StackState, watcher: Service): Promise<void> {
  await launchKeeper(WATCHER, state, watcher);
}

/** What programs there are stands in its arguments: whoever starts it has looked for them, and the file of the stack has no say. */
async function launchKeeper(program: string, state: StackState, service: Service): Promise<void> {
  const args = [program, state.dir, JSON.stringify(state.binaries)];
  const owner = programOwner(state.owner, program);
  await launch(service, { program: execPath, args, owner, env: programEnvironment() });
}
