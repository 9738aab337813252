import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Of a block as `stat` counts them, whatever the file system (POSIX leaves it open; Linux and macOS have 512). */
const BLOCK_BYTES = 512;
/** A look is followed by so many times its length without one: a directory of many files is looked at less often. */
const REST = 20;

/**
 * Bytes that everything below a directory takes on its file system; holes in files take none. Links are not followed.
 * @returns null where it, or a directory in it, can't be read
 */
export async function directorySize(path: string): Promise<number | null> {
  try {
    return await sizeBelow(path);
  } catch {
    return null;
  }
}

async function sizeBelow(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    bytes += await ofEntry(inside, entry.isDirectory());
  }
  return bytes;
}

/** 0 for what was removed since it was listed. */
async function ofEntry(path: string, isDirectory: boolean): Promise<number> {
  try {
    const { blocks } = await lstat(path);
    return blocks * BLOCK_BYTES + (isDirectory ? await sizeBelow(path) : 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * The size of a directory that is asked for again and again: the last one is given until a new look costs little.
 * @param nowMs monotonic; tests pass their own
 */
export function watchDirectorySize(
  path: string,
  look: (path: string) => Promise<number | null> = directorySize,
  nowMs: () => number = () => performance.now(),
): () => Promise<number | null> {
  let last: number | null = null;
  let againMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const beganMs = nowMs();
    if (beganMs < againMs) return last;
    // Nobody else looks meanwhile.
    againMs = Number.POSITIVE_INFINITY;
    last = await look(path);
    const endedMs = nowMs();
    againMs = endedMs + REST * (endedMs - beganMs);
    return last;
  };
}
