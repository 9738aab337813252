import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-summary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Last line and exit code for a report and the outcome of the other steps. */
function summary(
  report: object | null,
  testsExit: number,
  failedSteps: readonly string[] = [],
): [string | undefined, number | null] {
  const path = join(folder, 'vitest.json');
  if (report !== null) writeFileSync(path, JSON.stringify(report));
  const args = ['scripts/ci-summary.mjs', path, String(testsExit), '2', ...failedSteps];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return [stdout.trim().split('\n').at(-1), status];
}

it('counts tests and steps that passed', () => {
  expect(summary({ numTotalTests: 40, numPassedTests: 40 }, 0)).toEqual(['42 passed, 0 failed', 0]);
});

it('fails with a failed test', () => {
  expect(summary({ numTotalTests: 40, numPassedTests: 39 }, 1)).toEqual(['41 passed, 1 failed', 1]);
});

it('counts a skipped test as failed', () => {
  expect(summary({ numTotalTests: 3, numPassedTests: 2, numPendingTests: 1 }, 0)[1]).toBe(1);
});

it('fails with a failed step', () => {
  expect(summary({ numTotalTests: 1, numPassedTests: 1 }, 0, ['npm run check'])).toEqual([
    '3 passed, 1 failed',
    1,
  ]);
});

it('fails where no test ran', () => {
  expect(summary({ numTotalTests: 0, numPassedTests: 0 }, 0)).toEqual(['2 passed, 1 failed', 1]);
  expect(summary(null, 1)[1]).toBe(1);
});

it('fails where the test command failed although no test did', () => {
  expect(summary({ numTotalTests: 5, numPassedTests: 5 }, 1)).toEqual(['7 passed, 1 failed', 1]);
});
