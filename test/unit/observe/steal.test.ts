import { describe, expect, test } from 'vitest';
import { parseCpuTimes, readCpuTimes, stealShare } from '../../../src/observe/steal.ts';

describe('steal time', () => {
  test('is the eighth column, and guest time is not counted twice', () => {
    expect(parseCpuTimes('cpu  10 20 30 40 50 60 70 80 1000 1000\ncpu0 1 1 1 1 1 1 1 1 0 0\n')).toEqual({
      total: 360,
      steal: 80,
    });
  });

  test('a text without a cpu line, or with too few columns, has no times', () => {
    expect(parseCpuTimes('intr 1 2 3')).toBeNull();
    expect(parseCpuTimes('cpu 1 2 3')).toBeNull();
  });

  test('the share is stolen time of all time between two readings', () => {
    expect(stealShare({ total: 1_000, steal: 10 }, { total: 1_200, steal: 60 })).toBe(0.25);
  });

  test('the share is unknown where a reading is missing or no time passed', () => {
    const times = { total: 1, steal: 0 };
    expect(stealShare(null, times)).toBeNull();
    expect(stealShare(times, null)).toBeNull();
    expect(stealShare(times, times)).toBeNull();
  });

  test('a system without /proc/stat has no times', () => {
    const missing = (): string => {
      throw new Error('ENOENT');
    };
    expect(readCpuTimes(missing)).toBeNull();
  });
});
