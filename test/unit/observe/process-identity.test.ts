import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  commandLineOf,
  familyOf,
  identifyProcess,
  isAlive,
  processesIn,
} from '../../../src/observe/process-identity.ts';
import { eventually } from '../../support/eventually.ts';
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

  test('all that descend from a process are its family, itself first', async () => {
    const child = spawn('/bin/sh', ['-c', '(sleep 60; true) & sleep 60; true'], {
      stdio: 'ignore',
      detached: true,
    });
    await once(child, 'spawn');
    const root = identifyProcess(child.pid ?? 0) ?? { pid: 0, startTicks: 0 };
    try {
      // The shell, its two children, and the child of one of them.
      await eventually('all have started', () => familyOf(root).length === 4);
      expect(familyOf(root)[0]).toBe(child.pid);
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await once(child, 'exit');
    }
    expect(familyOf(root)).toEqual([]);
  });
});
