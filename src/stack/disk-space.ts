import { statfs } from 'node:fs/promises';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { StackShape } from './topology.ts';

const MIB = 2 ** 20;
/** A fresh Postgres takes 40 MB, its log may grow to 1 GB under load; this is what a short run needs. */
const POSTGRES_MIB = 300;
const LOGS_MIB = 50;

/** Space in MiB that a stack of this shape needs at least. */
export function neededMib(shape: StackShape): number {
  return LOGS_MIB + POSTGRES_MIB * (1 + shape.replicas);
}

/** @throws RelayBenchError `STACK_DISK_FULL` (exit 3) where too little space is left for a stack in `dir` */
export async function requireSpace(
  dir: string,
  shape: StackShape,
  read: typeof statfs = statfs,
): Promise<void> {
  const { bavail, bsize } = await read(dir);
  const free = Math.floor((bavail * bsize) / MIB);
  const needed = neededMib(shape);
  if (free >= needed) return;
  throw new RelayBenchError(`${free} MiB are free in ${dir}, but the stack needs ${needed} MiB`, {
    code: 'STACK_DISK_FULL',
    hint: 'free some space, or name a directory on another disk with --dir',
    exitCode: EXIT.unreachable,
  });
}
