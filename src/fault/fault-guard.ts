import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Guard, startGuard } from '../stack/guard.ts';

const HEALER = fileURLToPath(new URL('./healer/main.js', import.meta.url));

/** Heals a stack where this process dies before it has undone what it did. @throws Error where no shell can be started */
export function guardStack(dir: string): Promise<Guard> {
  return startGuard('exec "$@"', [execPath, HEALER, dir]);
}

/** Lets processes go on where this process dies before it has. @throws as above */
export function guardProcesses(pids: readonly number[]): Promise<Guard> {
  return startGuard('kill -CONT "$@"', pids.map(String));
}
