import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { getuid } from 'node:process';
import { stateDir } from '../../base/state-dir.ts';
import { npmPostgresBin } from '../../stack/postgres/npm-postgres.ts';

/** Servers of another user can't pass through /root. */
const SYSTEM_DIR = '/var/lib/relay-bench';

/** Where `stack install` puts programs that come from npm. */
export function programsDir(env: Readonly<Record<string, string | undefined>>): string {
  return join(dirname(defaultStackDir(env)), 'programs');
}

/** Where Postgres comes from. */
export type PostgresFrom = 'system' | 'npm';

/** Folder of the Postgres that `stack install` gets from npm; undefined where there is none for this platform. */
export function npmHome(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return npmPostgresBin(programsDir(env)) ?? undefined;
}

/** PATH, and behind it what `stack install` has got from npm, for where the system has no Postgres. */
export function programPath(env: Readonly<Record<string, string | undefined>>): string {
  const home = npmHome(env);
  return [env['PATH'] ?? '', ...(home === undefined ? [] : [home])].join(delimiter);
}

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
