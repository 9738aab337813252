import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../../base/directory.ts';
import { messageOf } from '../../base/errors.ts';
import { outTaken } from './errors.ts';

const SUFFIX = '.partial';
/** A directory that nobody has written to for so long belongs to a process that was killed. */
const ABANDONED_MS = 3_600_000;

/**
 * Makes a directory to write into that becomes `dir` when it is whole. Its name begins with a dot and ends with
 * `.partial`, beside `dir`, so that nobody takes it for a corpus. What killed processes left there is removed.
 */
export async function createPartial(dir: string): Promise<string> {
  const parent = dirname(dir);
  const prefix = `.${basename(dir)}.`;
  await makeDirectory(parent);
  await removeAbandoned(parent, prefix);
  const partial = join(parent, `${prefix}${randomUUID()}${SUFFIX}`);
  await mkdir(partial);
  return partial;
}

/**
 * Turns a partial directory into `dir`, which must not exist or be empty.
 * @throws RelayBenchError `CORPUS_OUT_TAKEN` where somebody else was faster
 */
export async function publishPartial(partial: string, dir: string): Promise<void> {
  try {
    await rename(partial, dir);
  } catch (error) {
    if (!/EEXIST|ENOTEMPTY|ENOTDIR/.test(messageOf(error))) throw error;
    throw outTaken(dir, 'something that was not there before');
  }
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix) && name.endsWith(SUFFIX));
  for (const name of names) {
    const path = join(parent, name);
    if (Date.now() - (await lastWriteMs(path)) > ABANDONED_MS)
      await rm(path, { recursive: true, force: true });
  }
}

/** When something in the directory was last written; now where it is gone already. */
async function lastWriteMs(dir: string): Promise<number> {
  const paths = [dir, ...(await readdir(dir).catch(() => [])).map((name) => join(dir, name))];
  const times = await Promise.all(paths.map((path) => stat(path).then(({ mtimeMs }) => mtimeMs, Date.now)));
  return Math.max(...times);
}
