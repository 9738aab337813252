import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { launch } from '../processes.ts';
import type { Service, StackState } from '../state.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** Starts the supervisor of a stack; as this user, since it starts servers of another one. */
export async function launchSupervisor(state: StackState, supervisor: Service): Promise<void> {
  await launch(supervisor, { program: execPath, args: [PROGRAM, state.dir], owner: null, env });
}
