import { homedir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { stateDir } from '../../base/state-dir.ts';

/** Servers of another user can't pass through /root. */
const SYSTEM_DIR = '/var/lib/relay-bench';

/**
 * Where the stack lives unless `--dir` says otherwise: in the state directory of the user; for root, whose home
 * is closed to the servers' user, in /var/lib, unless XDG_STATE_HOME names a place.
 */
export function defaultStackDir(
  env: Readonly<Record<string, string | undefined>>,
  uid: number | undefined = getuid?.(),
): string {
  const isClosed = uid === 0 && (env['XDG_STATE_HOME'] ?? '') === '';
  return join(isClosed ? SYSTEM_DIR : stateDir(env, homedir()), 'stack');
}
