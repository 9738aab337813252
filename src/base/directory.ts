import { randomUUID } from 'node:crypto';
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, RelayBenchError } from './errors.ts';
import { requireTrustedDirectory } from './trusted-path.ts';

/**
 * Makes a directory and those above it that are missing, one by one: the recursive mkdir of Node 20 never ends where a
 * file system such as /proc refuses with ENOENT.
 * @param mode of what is made
 * @returns the topmost directory that was made, undefined where all were there
 * @throws Error of the file system, ENOTDIR where something on the way is no directory
 */
export async function makeDirectory(path: string, mode = 0o777): Promise<string | undefined> {
  const missing: string[] = [];
  let at = resolve(path);
  while (!(await isDirectory(at))) {
    missing.unshift(at);
    // A drive that does not exist has nothing above it.
    if (dirname(at) === at) break;
    at = dirname(at);
  }
  for (const directory of missing) await makeOne(directory, mode);
  return missing[0];
}

/**
 * Makes sure that nobody but the caller and root may write to a directory that is there: what lies in it could have been
 * put there by somebody else, and what is put there could be led elsewhere. One that is not there yet will be the caller's.
 * @param what names it in the message, for example `--out`
 * @throws RelayBenchError `DIRECTORY_NOT_TRUSTED` (exit 2)
 */
export function requireOwnDirectory(path: string, what: string): void {
  requireTrustedDirectory(path, { what, code: 'DIRECTORY_NOT_TRUSTED' });
}

/**
 * Makes sure that files can be written to a directory that a user names, before anything is started: makes it where it
 * is missing, makes something in it, and removes both again.
 * @param what names it in the message, for example `--out`
 * @throws RelayBenchError `DIRECTORY_NOT_WRITABLE` (exit 2)
 */
export async function requireWritable(path: string, what: string): Promise<void> {
  try {
    const firstMade = await makeDirectory(path);
    try {
      await writeTo(path);
    } finally {
      await removeMade(path, firstMade);
    }
  } catch (cause) {
    throw new RelayBenchError(`${what} ${path} can't be written: ${messageOf(cause)}`, {
      code: 'DIRECTORY_NOT_WRITABLE',
      hint: `name a directory that you may write to with ${what}`,
      cause,
    });
  }
}

/** Whether something can be made in a directory. @throws Error of the file system where not */
export async function writeTo(directory: string): Promise<void> {
  const probe = join(directory, `.writable-${randomUUID()}`);
  await mkdir(probe);
  await rmdir(probe);
}

/**
 * Removes empty directories from `path` upwards to `firstMade`.
 * @param firstMade what `makeDirectory` gave; undefined where all existed before
 */
export async function removeMade(path: string, firstMade: string | undefined): Promise<void> {
  if (firstMade === undefined) return;
  for (let at = resolve(path); at.length >= firstMade.length; at = dirname(at)) {
    if (!(await removed(at))) return;
  }
}

/** False where there is nothing. @throws Error ENOTDIR where there is something else */
async function isDirectory(path: string): Promise<boolean> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (info === null || info.isDirectory()) return info !== null;
  throw Object.assign(new Error(`ENOTDIR: ${path} is not a directory`), {
    code: 'ENOTDIR',
    syscall: 'mkdir',
  });
}

/** Another process may make the same directory at the same time. */
async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isDirectory(path))) throw error;
  }
}

/** False where the directory holds something; one that is gone already counts as removed. */
async function removed(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    if (code === 'ENOENT') return true;
    throw error;
  }
}
