import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { launch } from '../processes.ts';
import { programEnvironment, programOwner } from '../run-as.ts';
import type { Service, StackState } from '../state.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** Starts the supervisor of a stack: as the user of the servers, so that it can start and end them and nothing else. */
export async function launchSupervisor(state: StackState, supervisor: Service): Promise<void> {
  const args = [PROGRAM, state.dir, JSON.stringify(state.binaries)];
  const owner = programOwner(state.owner, PROGRAM);
  await launch(supervisor, { program: execPath, args, owner, env: programEnvironment() });
}
