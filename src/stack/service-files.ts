import { randomUUID } from 'node:crypto';
import { closeSync, constants, fchownSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Owner } from './owner.ts';

const SECRET = 0o600;

/** How a file of a stack is written. */
export interface PutOptions {
  /** Who it is for; null for this user. */
  readonly owner: Owner | null;
  /** By default nobody else may read it. */
  readonly mode?: number;
}

/**
 * Writes a file as a whole and renames it into its place: a reader never sees half of it, and no link that somebody has
 * put there is followed. That matters where root writes into a directory of the servers' user.
 */
export async function putFile(
  path: string,
  text: string,
  { owner, mode = SECRET }: PutOptions,
): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  const file = await open(draft, 'wx', mode);
  try {
    if (owner !== null) await file.chown(owner.uid, owner.gid);
    await file.writeFile(text);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/**
 * Opens a log to append to it, and nothing else: whoever owns the directory may have put a link there, and what the
 * services write must not go to another file.
 * @throws Error of the file system, ELOOP for a symbolic link
 */
export function openLog(path: string, owner: Owner | null): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, SECRET);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.nlink > 1) throw new Error(`${path} is no log of a service`);
    if (owner !== null) fchownSync(file, owner.uid, owner.gid);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * Opens a file that a service has written to read it; not where it is a link, or anything but a file.
 * @returns a descriptor
 * @throws Error of the file system, ELOOP for a symbolic link
 */
export function openServiceFile(path: string): number {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is no file`);
}

/** The text of such a file. @throws Error of the file system */
export function readServiceFile(path: string): string {
  const file = openServiceFile(path);
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
