import { describe, expect, test } from 'vitest';
import { readFamily, readProcessTree } from '../../../src/observe/process-tree.ts';

/** utime, stime, cutime and cstime in ticks of 10 ms. */
const stat = (utime: number, stime: number, cutime = 0, cstime = 0): string =>
  `1 (postgres) S ${'0 '.repeat(10)}${utime} ${stime} ${cutime} ${cstime} 0`;
const status = (anon: number, file: number, shmem: number): string =>
  `VmRSS:\t ${anon + file + shmem} kB\nRssAnon:\t ${anon} kB\nRssFile:\t ${file} kB\nRssShmem:\t ${shmem} kB\n`;

function proc(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };
}

const SERVER = {
  '/proc/10/stat': stat(100, 50, 300, 0),
  '/proc/10/status': status(10, 20, 100),
  '/proc/10/task/10/children': '11 12 ',
  '/proc/11/stat': stat(20, 5),
  '/proc/11/status': status(4, 10, 300),
};

describe('a server that works in several processes', () => {
  test('uses the CPU of all of them, ended ones included, and shared memory once', () => {
    // Process 12 has ended between the list and the look.
    expect(readProcessTree(10, proc(SERVER))).toEqual({
      ok: true,
      snapshot: { cpu_s: 1.5 + 3 + 0.25, rss_bytes: (310 + 10 + 4) * 1_024 },
    });
  });

  test('is its parent alone where the kernel does not list children', () => {
    const { '/proc/10/task/10/children': _, ...rest } = SERVER;
    expect(readProcessTree(10, proc(rest))).toEqual({
      ok: true,
      snapshot: { cpu_s: 1.5, rss_bytes: 130 * 1_024 },
    });
  });

  test('that is gone gives a reason', () => {
    expect(readProcessTree(10, proc({}))).toMatchObject({ ok: false });
  });
});

describe('processes that belong together', () => {
  test('are added up, whoever of them has waited for others', () => {
    const files = { ...SERVER, '/proc/11/stat': stat(20, 5, 100, 0) };
    expect(readFamily([10, 11, 12], proc(files))).toEqual({
      ok: true,
      snapshot: { cpu_s: 1.5 + 3 + 0.25 + 1, rss_bytes: (310 + 10 + 4) * 1_024 },
    });
  });

  test('have all of their memory for themselves where the system does not tell what is shared', () => {
    const files = {
      '/proc/10/stat': stat(100, 0),
      '/proc/10/status': 'VmRSS:\t 30 kB\n',
      '/proc/11/stat': stat(100, 0),
      '/proc/11/status': 'VmRSS:\t 12 kB\n',
    };
    expect(readFamily([10, 11], proc(files))).toMatchObject({ snapshot: { rss_bytes: 42 * 1_024 } });
  });

  test('that are none were not running', () => {
    expect(readFamily([], proc(SERVER))).toEqual({ ok: false, reason: 'it was not running' });
  });

  test('that have all gone give a reason', () => {
    expect(readFamily([77, 78], proc(SERVER))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('process 77'),
    });
  });
});
