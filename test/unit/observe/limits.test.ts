import { describe, expect, test } from 'vitest';
import { parseOpenFileLimit, parsePortRange, readOpenFileLimit } from '../../../src/observe/limits.ts';

describe('limits of the operating system', () => {
  test('soft and hard limit of open files are told apart', () => {
    const text = 'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024  524288  files\n';
    expect(parseOpenFileLimit(text)).toEqual({ soft: 1_024, hard: 524_288 });
  });

  test('unlimited is infinite', () => {
    expect(parseOpenFileLimit('Max open files  unlimited unlimited files')?.hard).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test('a text without the line has no limit', () => {
    expect(parseOpenFileLimit('Max cpu time unlimited unlimited seconds')).toBeNull();
  });

  test('without /proc the limit comes from the diagnostic report of Node', () => {
    const limit = readOpenFileLimit(() => {
      throw new Error('ENOENT');
    });
    expect(limit?.soft).toBeGreaterThan(0);
  });

  test('the port range is two numbers, anything else is unknown', () => {
    expect(parsePortRange('32768\t60999\n')).toEqual({ first: 32_768, last: 60_999 });
    expect(parsePortRange('many')).toBeNull();
  });
});
