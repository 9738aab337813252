import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { getegid, geteuid } from 'node:process';
import { RelayBenchError } from './errors.ts';
import type { ExitCode } from './exit-codes.ts';

/** Who a path belongs to and who may write it, as `stat` tells. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Who asks; null where the system knows no users (Windows), and nothing can be checked. */
export type Caller = Pick<Ownership, 'uid' | 'gid'> | null;

const ROOT = 0;
/** Users of another user namespace, root among them, are seen as this one (`/proc/sys/kernel/overflowuid`). */
const OVERFLOW = 65_534;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
/** Nothing of the mode besides permissions. */
const PERMISSIONS = 0o7777;

/** The user of this process. */
export function caller(): Caller {
  const [uid, gid] = [geteuid?.(), getegid?.()];
  return uid === undefined || gid === undefined ? null : { uid, gid };
}

/**
 * Why what lies at a path can't be believed: it belongs to somebody else, or somebody else may write it; null where only
 * the caller and root can have written it. A group of the caller's own name (user private groups, umask 002) is the caller.
 */
export function distrust({ uid, gid, mode }: Ownership, me: Caller): string | null {
  if (me === null) return null;
  if (uid !== me.uid && uid !== ROOT) return `it belongs to user ${uid}`;
  const isPrivateGroup = gid === me.gid && me.gid === me.uid;
  const writers = isPrivateGroup ? OTHERS_WRITE : OTHERS_WRITE | GROUP_WRITES;
  if ((mode & writers) === 0) return null;
  return `others may write it (mode ${(mode & PERMISSIONS).toString(8)})`;
}

/**
 * Why a directory on the way to a path can't be believed: whoever may write it can put something else in the place of
 * what lies in it, unless it is sticky.
 */
export function distrustOnTheWay({ uid, gid, mode }: Ownership, me: Caller): string | null {
  if ((mode & STICKY) !== 0) return distrust({ uid, gid, mode: mode & ~(GROUP_WRITES | OTHERS_WRITE) }, me);
  return uid === OVERFLOW ? distrust({ uid: ROOT, gid, mode }, me) : distrust({ uid, gid, mode }, me);
}

/** How an error about a path that can't be believed is told. */
export interface TrustError {
  /** Names the path in the message, for example `--out`. */
  readonly what: string;
  readonly code: string;
  readonly exitCode?: ExitCode;
}

/**
 * Makes sure that only the caller and root may write a directory; one that is not there is nobody's.
 * @throws RelayBenchError with the code of `error`
 */
export function requireTrustedDirectory(path: string, error: TrustError, me: Caller = caller()): void {
  const stats = statsOf(path);
  const problem = stats?.isDirectory() === true ? distrust(stats, me) : null;
  if (problem !== null) throw notTrusted(path, problem, error);
}

/** Undefined also where the way there is none (ENOTDIR, EACCES, …): whoever goes on to use the path is told why it can't be. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * As {@link requireTrustedDirectory}, and nobody else may put another directory in its place either.
 * @returns the path without symbolic links; as given where nothing is there
 */
export function requireTrustedPath(path: string, error: TrustError, me: Caller = caller()): string {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
  const real = realpathSync(path);
  requireTrustedDirectory(real, error, me);
  for (let at = dirname(real); at !== dirname(at); at = dirname(at)) {
    const problem = distrustOnTheWay(statSync(at), me);
    if (problem !== null) throw notTrusted(at, problem, error);
  }
  return real;
}

/**
 * The text of a file that only the caller and root may have written; a symbolic link, a pipe or a device is no file.
 * @returns null where nothing is there
 * @throws RelayBenchError with the code of `error`; Error of the file system
 */
export function readTrusted(path: string, error: TrustError, me: Caller = caller()): string | null {
  let file: number;
  try {
    // Not blocking: opening a pipe would wait for who writes to it.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw code === 'ELOOP' ? notTrusted(path, 'it is a symbolic link', error) : cause;
  }
  try {
    const stats = fstatSync(file);
    const problem = stats.isFile() ? distrust(stats, me) : 'it is no file';
    if (problem !== null) throw notTrusted(path, problem, error);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function notTrusted(path: string, problem: string, { what, code, exitCode }: TrustError): RelayBenchError {
  return new RelayBenchError(`${what} ${path} is not used: ${problem}`, {
    code,
    hint: 'it must belong to the user who runs this, and nobody else may write it: see `ls -ld`, mend it with `chown` and `chmod go-w`, or name another place',
    ...(exitCode === undefined ? {} : { exitCode }),
  });
}
