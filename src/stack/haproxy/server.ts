import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readOpenFileLimit } from '../../observe/limits.ts';
import { launch } from '../processes.ts';
import { putFile } from '../service-files.ts';
import type { Service, StackState } from '../state.ts';
import { haproxyConfig, runtimeSocket } from './config.ts';

/** Where the limit of descriptors is unknown or none. */
const ASSUMED_OPEN_FILES = 20_000;

/** Starts a balancer in the foreground, so that its process is the one that is watched. */
export async function launchHaproxy(state: StackState, balancer: Service): Promise<void> {
  const soft = readOpenFileLimit()?.soft ?? ASSUMED_OPEN_FILES;
  const openFiles = Number.isFinite(soft) ? soft : ASSUMED_OPEN_FILES;
  const config = join(balancer.dir, 'haproxy.cfg');
  await putFile(config, haproxyConfig(state, balancer, openFiles), state);
  // Left by one that was killed.
  await rm(runtimeSocket(balancer), { force: true });
  await launch(balancer, {
    program: state.binaries['haproxy'] ?? 'haproxy',
    args: ['-db', '-f', config],
    owner: state.owner,
  });
}
