import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf, RelayBenchError } from '../../base/errors.ts';

/** The directory that a run's files go to. */
export interface OutDir {
  readonly path: string;
  /** Removes what was made for it, where nothing was written to it. */
  removeIfEmpty(): Promise<void>;
}

/**
 * Makes the directory before the run, so that a path that can't be written fails in the first second and not
 * after the last one.
 * @throws RelayBenchError `OUT_NOT_WRITABLE`
 */
export async function makeOutDir(path: string): Promise<OutDir> {
  try {
    const firstMade = await mkdir(path, { recursive: true });
    await mkdir(`${path}/.writable`);
    await rmdir(`${path}/.writable`);
    return { path, removeIfEmpty: () => removeMade(resolve(path), firstMade) };
  } catch (cause) {
    throw new RelayBenchError(`reports can't be written to ${path}: ${messageOf(cause)}`, {
      code: 'OUT_NOT_WRITABLE',
      hint: 'name a writable directory with --out',
      cause,
    });
  }
}

/**
 * Removes empty directories from `path` upwards to `firstMade`.
 * @param firstMade the topmost directory that was made; undefined where all existed before
 */
async function removeMade(path: string, firstMade: string | undefined): Promise<void> {
  if (firstMade === undefined) return;
  const top = resolve(firstMade);
  for (let at = path; at.length >= top.length; at = dirname(at)) {
    if (!(await removed(at))) return;
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
