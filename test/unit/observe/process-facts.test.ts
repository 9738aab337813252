import { geteuid, pid } from 'node:process';
import { describe, expect, test } from 'vitest';
import { presenceOf, processNameOf, unreadableOf } from '../../../src/observe/process-facts.ts';

const STAT = (state: string): string => `7 (relay) ${state} 1 ${'0 '.repeat(17)}42 0 0`;
const STATUS = 'Name:\trelay\nUid:\t1000\t1000\t1000\t1000\nVmRSS:\t 10 kB\n';

function proc(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };
}

const refusing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

describe('a process', () => {
  test('runs where it is shown', () => {
    expect(presenceOf(7, proc({ '/proc/7/stat': STAT('S') }))).toBe('runs');
    expect(presenceOf(pid)).toBe('runs');
  });

  test('is gone where nobody has its number, and where it is a zombie', () => {
    expect(presenceOf(7, proc({}), refusing('ESRCH'))).toBe('gone');
    expect(presenceOf(7, proc({ '/proc/7/stat': STAT('Z') }), () => true)).toBe('gone');
  });

  test('is hidden where it has its number and the system does not show it', () => {
    expect(presenceOf(7, proc({}), refusing('EPERM'))).toBe('hidden');
    expect(presenceOf(7, proc({}), () => true)).toBe('hidden');
  });

  test('is called as the kernel calls it', () => {
    expect(processNameOf(7, proc({ '/proc/7/comm': 'strfry\n' }))).toBe('strfry');
    expect(processNameOf(7, proc({}))).toBeNull();
  });
});

describe('what can not be read of a process', () => {
  const files = { '/proc/7/stat': STAT('S'), '/proc/7/status': STATUS };

  test('is nothing where it is ours', () => {
    expect(unreadableOf(pid, 'mine', geteuid?.() ?? null)).toBeNull();
  });

  test('is said with whose it is, where another user has it', () => {
    const look = { readText: proc(files), descriptors: () => null };
    expect(unreadableOf(7, 'mine', 0, look)).toBe(
      "open files and disk writes of mine, which belongs to another user, can't be read: run relay-bench as that user, or as root, to know more",
    );
    expect(unreadableOf(7, 'mine', 1_000, look)).toMatch(/^open files and disk writes of mine can't be read/);
  });

  test('is all of it where the system does not show the process', () => {
    expect(unreadableOf(7, 'mine', 0, { readText: proc({}) })).toMatch(
      /^nothing of mine can be read \(process 7 can't be read from \/proc: ENOENT/,
    );
  });
});
