import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';

/** Who the servers of a stack run as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on every Linux; needs no entry in /etc/passwd. */
const NOBODY: Owner = { uid: 65_534, gid: 65_534 };
const SEARCH_BY_OTHERS = 0o001;

/**
 * Postgres refuses to run as root, and no server needs to: started by root they run as the user `postgres`, or
 * `nobody` where there is none. Null for everybody else: they run as that user.
 * @param uid of this process
 * @param passwd text of /etc/passwd
 */
export function ownerFor(uid: number, passwd: string = readPasswd()): Owner | null {
  if (uid !== 0) return null;
  const fields = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd);
  return fields === null ? NOBODY : { uid: Number(fields[1]), gid: Number(fields[2]) };
}

/** Root's, and readable for the group of the servers. */
export function rootOwned({ gid }: Owner): Owner {
  return { uid: 0, gid };
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Servers of another user must be able to reach their directory.
 * @param dir of the stack, exists
 * @throws RelayBenchError `STACK_DIR_UNREACHABLE` (exit 3) naming the directory that is in the way
 */
export function requireReachable(dir: string, owner: Owner | null): void {
  if (owner === null) return;
  for (let at = dirname(dir); ; at = dirname(at)) {
    const { mode, uid } = statSync(at);
    if ((mode & SEARCH_BY_OTHERS) === 0 && uid !== owner.uid) {
      throw new RelayBenchError(`servers run as uid ${owner.uid}, which may not pass through ${at}`, {
        code: 'STACK_DIR_UNREACHABLE',
        hint: `name another directory with --dir, or run \`chmod o+x ${at}\``,
        exitCode: EXIT.unreachable,
      });
    }
    if (at === dirname(at)) return;
  }
}
