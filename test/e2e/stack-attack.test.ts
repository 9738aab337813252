import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../bench/attack.mjs', import.meta.url));
const MOST_BYTES = 2 ** 24;

interface Row {
  readonly attack: string;
  readonly target: string;
  readonly told: string;
  readonly verdict: 'held' | 'failed' | 'undecided';
  readonly broken: readonly string[];
  readonly why: string | null;
}

/** Ends with 99 where an attack has failed, which a busy machine can look like: `broken` is what it can't. */
async function attack(...args: readonly string[]): Promise<readonly Row[]> {
  const { stdout } = await run(execPath, [PROGRAM, '--cheap', '--json', ...args], {
    maxBuffer: MOST_BYTES,
  }).catch((error: { code: number; stdout: string }) => {
    if (error.code !== 99) throw error;
    return error;
  });
  return (JSON.parse(stdout) as { rows: readonly Row[] }).rows;
}

// How late others are is for `npm run attack` on a quiet machine; that all live, and in how much memory, holds anywhere.
test.each(['relay', 'stack'])(
  'no cheap attack ends a process of the %s, or makes it grow beyond its bound',
  async (target) => {
    const rows = await attack('--on', target);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ broken }) => broken.length > 0)).toEqual([]);
  },
  1_200_000,
);
