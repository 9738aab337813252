import { chown, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../owner.ts';
import type { Service } from '../state.ts';
import { type Ask, withAdmin } from './client.ts';

/** Folders whose contents a server makes anew or must not share; the folders themselves are needed. */
const EMPTY_FOLDERS = [
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
];
const LEFT_OUT = [
  'postmaster.pid',
  'postmaster.opts',
  'backup_label',
  'standby.signal',
  'pgsql_tmp',
  'pg_internal.init',
];
const BACKUP_TIMEOUT_MS = 120_000;
/** Since then the functions have their new names. */
const RENAMED_IN = 150_000;

/** What is copied, and for whom. */
export interface BaseBackup {
  readonly primary: Service;
  /** Data directory of the running primary. */
  readonly from: string;
  /** Does not exist yet. */
  readonly to: string;
  readonly owner: Owner | null;
}

/**
 * Copies the data of a running primary, as `pg_basebackup` does, for the Postgres of npm, which comes without that
 * program: the files as they are, between the start and the stop of a backup; what is written meanwhile the new server
 * replays from the log, which it streams (PostgreSQL manual, "Making a Base Backup Using the Low Level API").
 * @returns the text of `backup_label`, without which the copy must not be started
 * @throws Error of the driver or of the file system
 */
export async function copyRunning({ primary, from, to, owner }: BaseBackup): Promise<string> {
  const copy = async (ask: Ask): Promise<string> => {
    const [version] = await ask<{ number: number }>(
      `SELECT current_setting('server_version_num')::int AS number`,
    );
    const isOld = (version?.number ?? 0) < RENAMED_IN;
    await ask(
      isOld
        ? `SELECT pg_start_backup('relay-bench', true, false)`
        : `SELECT pg_backup_start('relay-bench', true)`,
    );
    await copyFolder(from, to, owner);
    // The log is not archived here: there is nothing to wait for.
    const stop = isOld ? 'pg_stop_backup(false, false)' : 'pg_backup_stop(false)';
    const [label] = await ask<{ labelfile: string }>(`SELECT labelfile FROM ${stop}`);
    return label?.labelfile ?? '';
  };
  return await withAdmin(primary, copy, { queryTimeoutMs: BACKUP_TIMEOUT_MS });
}

async function copyFolder(from: string, to: string, owner: Owner | null): Promise<void> {
  await makeFolder(to, owner);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (LEFT_OUT.some((name) => entry.name.startsWith(name))) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (EMPTY_FOLDERS.includes(entry.name)) await makeFolder(target, owner);
      else await copyFolder(source, target, owner);
    } else if (entry.isFile()) await copyOne(source, target, owner);
  }
}

async function makeFolder(path: string, owner: Owner | null): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await give(path, owner);
}

/** A table may be dropped while it is copied: the log says so too. */
async function copyOne(source: string, target: string, owner: Owner | null): Promise<void> {
  try {
    await copyFile(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await give(target, owner);
}

async function give(path: string, owner: Owner | null): Promise<void> {
  if (owner !== null) await chown(path, owner.uid, owner.gid);
}
