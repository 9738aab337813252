import { describe, expect, test } from 'vitest';
import { readEnvironment, usableMemoryBytes } from '../../../src/observe/environment.ts';

describe('the environment of a run', () => {
  test('describes this machine with real numbers', () => {
    const environment = readEnvironment(true);
    expect(environment.cpus).toBeGreaterThanOrEqual(1);
    expect(environment.memoryBytes).toBeGreaterThan(0);
    expect(environment.kernel).not.toBe('');
    expect(environment.sameHostAsTarget).toBe(true);
  });

  test("a container's memory limit counts where it is the smaller one", () => {
    expect(usableMemoryBytes(8_000, 2_000)).toBe(2_000);
    expect(usableMemoryBytes(8_000, 9e18)).toBe(8_000);
    expect(usableMemoryBytes(8_000, 0)).toBe(8_000);
    expect(usableMemoryBytes(8_000, undefined)).toBe(8_000);
  });
});
