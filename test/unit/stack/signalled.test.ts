import { describe, expect, it } from 'vitest';
import { signalled } from '../../../src/stack/signalled.ts';

describe('a signal', () => {
  it('finds a process that is there', () => {
    expect(signalled(process.pid, 0)).toBe(true);
  });

  it('finds nobody behind a number that no process has', () => {
    // Linux gives at most 4,194,304.
    expect(signalled(2 ** 30, 0)).toBe(false);
  });
});
