import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  commandLineOf,
  identifyProcess,
  isAlive,
  processesIn,
} from '../../../src/observe/process-identity.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A stat line as proc(5) describes it. */
const stat = (state: string, startTicks: number): string =>
  `7 (a (b) c) ${state} 1 ${'0 '.repeat(17)}${startTicks} 0 0`;

describe('the identity of a process', () => {
  test('is its number and the time of its start', () => {
    expect(identifyProcess(7, () => stat('S', 4711))).toEqual({ pid: 7, startTicks: 4_711 });
  });

  test('a number that is in use again is another process', () => {
    expect(isAlive({ pid: 7, startTicks: 1 }, () => stat('S', 2))).toBe(false);
    expect(isAlive({ pid: 7, startTicks: 2 }, () => stat('S', 2))).toBe(true);
  });

  test('a zombie is gone', () => {
    expect(identifyProcess(7, () => stat('Z', 1))).toBeNull();
  });

  test('this process lives, with its command line', () => {
    expect(identifyProcess(process.pid)?.startTicks).toBeGreaterThan(0);
    expect(commandLineOf(process.pid).join(' ')).toContain('node');
  });

  test('processes are found by the directory that they work in, until they end', async () => {
    const dir = await realpath(await tempDir());
    const child = spawn('sleep', ['60'], { cwd: dir, stdio: 'ignore' });
    await once(child, 'spawn');
    try {
      expect(processesIn(dir).map(({ pid }) => pid)).toEqual([child.pid]);
      expect(processesIn(`${dir}-other`)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(processesIn(dir)).toEqual([]);
  });
});
