import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { expect, vi } from 'vitest';

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

const WAIT = { timeout: 20_000, interval: 50 };

/** Waits until so many processes with a mark run. */
export async function untilMarked(mark: string, atLeast: number): Promise<void> {
  await vi.waitFor(
    async () => expect((await processesMarked(mark)).length).toBeGreaterThanOrEqual(atLeast),
    WAIT,
  );
}

/** Waits until no process with a mark runs; fails naming those that do. */
export async function expectNothingMarked(mark: string): Promise<void> {
  await vi.waitFor(async () => expect(await processesMarked(mark)).toEqual([]), WAIT);
}

async function readText(path: string): Promise<string> {
  // The process has gone, or belongs to another user and is none of ours.
  return readFile(path, 'utf8').catch(() => '');
}
