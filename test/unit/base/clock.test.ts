import { describe, expect, it } from 'vitest';
import { monotonicNs } from '../../../src/base/clock.ts';

describe('monotonicNs', () => {
  it('is the clock of process.hrtime, which all processes of a host share', () => {
    const before = Number(process.hrtime.bigint());
    const between = monotonicNs();
    const after = Number(process.hrtime.bigint());
    // What the offset may be wrong by: half of the closest pair of readings at load.
    expect(between).toBeGreaterThan(before - 100_000);
    expect(between).toBeLessThan(after + 100_000);
  });

  it('never goes back', () => {
    const readings = Array.from({ length: 10_000 }, monotonicNs);
    expect(readings).toEqual([...readings].sort((a, b) => a - b));
  });
});
