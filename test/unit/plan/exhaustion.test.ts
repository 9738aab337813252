import { describe, expect, it } from 'vitest';
import { cutPhases, exhaustionNs } from '../../../src/plan/exhaustion.ts';
import type { PacedStream } from '../../../src/plan/pacer.ts';
import type { PlannedPhase } from '../../../src/plan/parts.ts';

const S = 1e9;

function phase(fromS: number, toS: number, levelStart = 1, levelEnd = levelStart): PlannedPhase {
  return {
    name: `from ${fromS}`,
    kind: 'measured',
    startNs: fromS * S,
    endNs: toS * S,
    levelStart,
    levelEnd,
  };
}

const exhausted = (stream: Partial<PacedStream>, seconds: number): number | null =>
  exhaustionNs({ name: 'publish', rate_per_s: 10, arrivals: 'constant', ...stream }, [phase(0, seconds)], 1);

describe('a stream runs out of events', () => {
  it('in the middle between its last arrival and the one that has no event', () => {
    expect(exhausted({ limit: 5 }, 1)).toBe(0.45 * S);
    expect(exhausted({ limit: 1 }, 1)).toBe(0.05 * S);
  });

  it('never, where the events last as long as the phases or have no end', () => {
    expect(exhausted({ limit: 10 }, 1)).toBeNull();
    expect(exhausted({ limit: 11 }, 1)).toBeNull();
    expect(exhausted({ limit: 9 }, 1)).toBe(0.85 * S);
    expect(exhausted({ limit: Number.POSITIVE_INFINITY }, 1)).toBeNull();
    expect(exhausted({}, 1)).toBeNull();
  });

  it('after a burst, not amid it', () => {
    const burst = { rate_per_s: 3, arrivals: { pattern: 'burst', size: 3 } } as const;
    expect(exhausted({ ...burst, limit: 2 }, 2)).toBe(0.5 * S);
    expect(exhausted({ ...burst, limit: 3 }, 2)).toBe(0.5 * S);
    expect(exhausted({ ...burst, limit: 4 }, 2)).toBeNull();
  });

  it('as long after the last recorded time as these are apart on average', () => {
    const recordedNs = Float64Array.of(0, 1 * S, 2 * S);
    expect(exhausted({ recordedNs }, 4)).toBe(3 * S + 1);
    expect(exhausted({ recordedNs }, 3)).toBeNull();
    expect(exhausted({ recordedNs: Float64Array.of(1 * S) }, 4)).toBe(2 * S + 1);
    expect(exhausted({ recordedNs: new Float64Array() }, 4)).toBeNull();
  });
});

describe('phases that are cut', () => {
  const phases = [phase(0, 1), phase(1, 3, 1, 3)];

  it('end at the cut, a ramp at the level that it has reached', () => {
    expect(cutPhases(phases, 2 * S)).toEqual([phases[0], { ...phases[1], endNs: 2 * S, levelEnd: 2 }]);
  });

  it('are left as they are where the cut is their end, and begin no other', () => {
    expect(cutPhases(phases, 1 * S)).toEqual([phases[0]]);
    expect(cutPhases(phases, 3 * S)).toEqual(phases);
  });
});
