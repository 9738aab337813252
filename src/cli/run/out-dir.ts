import { mkdir, rmdir } from 'node:fs/promises';
import { messageOf, RelayBenchError } from '../../base/errors.ts';

/** The directory that a run's files go to. */
export interface OutDir {
  readonly path: string;
  /** Removes the directory where nothing was written to it. */
  removeIfEmpty(): Promise<void>;
}

/**
 * Makes the directory before the run, so that a path that can't be written fails in the first second and not
 * after the last one.
 * @throws RelayBenchError `OUT_NOT_WRITABLE`
 */
export async function makeOutDir(path: string): Promise<OutDir> {
  try {
    await mkdir(path, { recursive: true });
    await mkdir(`${path}/.writable`);
    await rmdir(`${path}/.writable`);
  } catch (cause) {
    throw new RelayBenchError(`reports can't be written to ${path}: ${messageOf(cause)}`, {
      code: 'OUT_NOT_WRITABLE',
      hint: 'name a writable directory with --out',
      cause,
    });
  }
  return { path, removeIfEmpty: () => removeIfEmpty(path) };
}

async function removeIfEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
