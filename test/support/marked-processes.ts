import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { eventuallyPasses } from './eventually.ts';

/** The variable of the environment by which a test finds all that it has started, directly or not. */
export const MARK = 'RELAY_BENCH_TEST_MARK';

/** A value that no other test has. */
export function newMark(): string {
  return randomUUID();
}

/** Command lines of the running processes that inherited a mark; those of zombies, which are gone, excepted. */
export async function processesMarked(mark: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readText(`/proc/${pid}/environ`);
      const isMarked = environment.split('\0').includes(`${MARK}=${mark}`);
      return isMarked ? (await readText(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ') : '';
    }),
  );
  return lines.filter((line) => line !== '');
}

/** Waits until so many processes with a mark run. */
export async function untilMarked(mark: string, atLeast: number): Promise<void> {
  await eventuallyPasses(async () =>
    expect((await processesMarked(mark)).length).toBeGreaterThanOrEqual(atLeast),
  );
}

/** Waits until no process with a mark runs; fails naming those that do. */
export async function expectNothingMarked(mark: string): Promise<void> {
  await eventuallyPasses(async () => expect(await processesMarked(mark)).toEqual([]));
}

async function readText(path: string): Promise<string> {
  // The process has gone, or belongs to another user and is none of ours.
  return readFile(path, 'utf8').catch(() => '');
}
