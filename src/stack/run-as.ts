import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { env, execPath } from 'node:process';
import type { Owner } from './owner.ts';

/** Besides these a program of this package needs nothing of the user's environment, in which tokens may stand. */
const PASSED_ON = /^(?:NODE_|UV_|TZ$|TMPDIR$)/;

const READ_BY_OTHERS = 0o004;
const READ_BY_GROUP = 0o040;
const READ_BY_OWNER = 0o400;
/** Bits for searching a directory and running a file lie two to the right of those for reading. */
const TO_EXECUTE = 2;

/**
 * Who a program of this package runs as: the servers' user, where that one may read it and Node. Installed below a home
 * that is closed to others it can only run as root; null then, as for a user who is not root.
 * @param program path of its script
 */
export function programOwner(owner: Owner | null, program: string): Owner | null {
  if (owner === null) return null;
  return unreadableFor(owner, [execPath, program]) === null ? owner : null;
}

/** The first of the paths, or directory on the way to it, that a user may not read or pass; null where there is none. */
export function unreadableFor(owner: Owner, paths: readonly string[]): string | null {
  for (const path of paths) {
    accessSync(path, constants.R_OK);
    const real = realpathSync(path);
    if (!allows(owner, real, 0)) return real;
    for (let at = dirname(real); at !== dirname(at); at = dirname(at)) {
      if (!allows(owner, at, TO_EXECUTE)) return at;
    }
  }
  return null;
}

function allows(owner: Owner, path: string, shift: number): boolean {
  const { mode, uid, gid } = statSync(path);
  const bit = uid === owner.uid ? READ_BY_OWNER : gid === owner.gid ? READ_BY_GROUP : READ_BY_OTHERS;
  return (mode & (bit >> shift)) !== 0;
}

/** The part of this environment that programs of this package are started with. */
export function programEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
