import { pid } from 'node:process';
import { describe, expect, test } from 'vitest';
import { parseCpuSeconds, parseRssBytes, readDescriptors, readProcess } from '../../../src/observe/proc.ts';

const STAT = '4242 (relay (v2) x) S 1 4242 4242 0 -1 4194560 900 0 0 0 150 50 7 8 20 0 11 0 99 1 2';

describe('reading a process from /proc', () => {
  test('CPU time is user plus system time, whatever the command is called', () => {
    expect(parseCpuSeconds(STAT)).toBe(2);
  });

  test('a text that is no stat line has no CPU time', () => {
    expect(parseCpuSeconds('nothing here')).toBeNull();
  });

  test('resident memory is read from VmRSS in kilobytes', () => {
    expect(parseRssBytes('Name:\tnode\nVmHWM:\t 9000 kB\nVmRSS:\t    2048 kB\n')).toBe(2_097_152);
  });

  test('a process without resident memory (a zombie) has none', () => {
    expect(parseRssBytes('Name:\tnode\nState:\tZ\n')).toBeNull();
    const reading = readProcess(1, (path) => (path.endsWith('stat') ? STAT : 'State:\tZ'));
    expect(reading).toEqual({ ok: false, reason: '/proc/1 has an unknown format' });
  });

  test('a system without /proc gives a reason', () => {
    const reading = readProcess(7, () => {
      throw new Error('ENOENT');
    });
    expect(reading).toEqual({ ok: false, reason: "process 7 can't be read from /proc: ENOENT" });
  });

  test('open files and sockets are the entries of a directory', () => {
    expect(readDescriptors(7, (path) => (path === '/proc/7/fd' ? ['0', '1', '2'] : []))).toBe(3);
  });

  test('a process that has ended has no number of them', () => {
    const gone = (): never => {
      throw new Error('ENOENT');
    };
    expect(readDescriptors(7, gone)).toBeNull();
  });

  test('this very process can be read', () => {
    const reading = readProcess(pid);
    expect(reading.ok && reading.snapshot.rss_bytes > 1_000_000 && reading.snapshot.cpu_s > 0).toBe(true);
  });
});
