import { constants } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { Service } from '../../stack/state.ts';

/** Of the file that fills a disk, in the directory of the service. */
export const FILLER = 'relay-bench-filler';
/** No more is ever written than this unless told otherwise. */
export const MOST_FILLED_BYTES = 2e9;
const CHUNK = Buffer.alloc(2 ** 20);

/**
 * Fills the file system on which a service keeps its data, up to its last byte.
 * @param mostBytes refused where more would have to be written
 * @returns bytes written
 * @throws RelayBenchError `FAULT_IMPOSSIBLE`; whatever fails, nothing of the file is left
 */
export async function fillDisk(service: Service, mostBytes = MOST_FILLED_BYTES): Promise<number> {
  const { bavail, bfree, bsize } = await statfs(service.dir);
  // What root may take beyond others is filled too: the servers stand on the same disk.
  const freeBytes = Math.max(bavail, bfree) * bsize;
  if (freeBytes > mostBytes) throw tooLarge(service, freeBytes, mostBytes);
  const path = join(service.dir, FILLER);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    return await writeUntilFull(file, mostBytes);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Removes what {@link fillDisk} has written. */
export async function freeDisk(service: Service): Promise<void> {
  await rm(join(service.dir, FILLER), { force: true });
}

async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, mostBytes: number): Promise<number> {
  let written = 0;
  for (let size = CHUNK.length; size >= 1; ) {
    try {
      written += (await file.write(CHUNK, 0, size)).bytesWritten;
      if (written > mostBytes) throw new Error('the disk has grown while it was filled');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      // What is left is smaller than the piece.
      size = Math.floor(size / 2);
    }
  }
  return written;
}

function tooLarge({ name, dir }: Service, freeBytes: number, mostBytes: number): RelayBenchError {
  const text = (bytes: number): string =>
    bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
  return new RelayBenchError(
    `the disk of ${name} has ${text(freeBytes)} free in ${dir}, and at most ${text(mostBytes)} are written to fill it`,
    {
      code: 'FAULT_IMPOSSIBLE',
      hint: 'bring the stack up on a small file system, such as a tmpfs of 1 GB, with --dir, or allow more with `most`',
      exitCode: EXIT.unreachable,
    },
  );
}
