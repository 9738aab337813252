import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { DEFAULT_OPTIONS } from '../../../src/compare/compare.ts';
import { chanceOfDifference } from '../../../src/compare/equivalence.ts';
import { judgeTestResult, testResultOf } from '../../../src/compare/judge-many.ts';
import { detectableShift, deviationWithin, runsToTell } from '../../../src/compare/power.ts';
import { exactly } from '../../../src/metric/bound.ts';

const limits = { ...DEFAULT_OPTIONS, inBlocks: false };
const random = createRandom(5, 'equivalence-test');
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Interleaved runs of two sides while the machine drifts, the candidate slower by `slowdown`. */
function drifting(runs: number, slowdown: number, drift: number): [number[], number[]] {
  const value = (at: number, factor: number): number =>
    1_000 * factor * Math.exp(0.03 * normal() + (drift * at) / (2 * runs));
  const places = Array.from({ length: runs }, (_, at) =>
    at % 2 === 0 ? [2 * at, 2 * at + 1] : [2 * at + 1, 2 * at],
  );
  return [places.map(([a = 0]) => value(a, 1)), places.map(([, b = 0]) => value(b, slowdown))];
}

function verdict([base, candidate]: readonly [number[], number[]]): string {
  const sides = {
    key: 'ack_latency p95',
    series: 'ack_latency',
    aggregation: 'p95',
    unit: 'us',
    direction: 'lower',
  } as const;
  const found = testResultOf(
    { ...sides, base: base.map(exactly), candidate: candidate.map(exactly) },
    limits,
  );
  return typeof found === 'string' ? found : judgeTestResult(found, 0.05, false).verdict;
}

describe('the same', () => {
  it('is said of a true +10 % in at most 5 % of drifting sets of eight', () => {
    const sets = Array.from({ length: 300 }, () => verdict(drifting(8, 1.1, Math.log(1.6))));
    expect(sets.filter((one) => one === 'same').length / sets.length).toBeLessThanOrEqual(0.05);
  });

  it('is said of equal relays where eight quiet runs a side show it', () => {
    const quiet = Array.from({ length: 50 }, () =>
      verdict(
        [0, 0].map(() => Array.from({ length: 8 }, () => 1_000 * Math.exp(0.01 * normal()))) as [
          number[],
          number[],
        ],
      ),
    );
    expect(quiet.filter((one) => one === 'same').length).toBeGreaterThan(45);
  });

  it('has a chance that no noise can make small', () => {
    const spread = [-0.4, -0.2, 0, 0.2, 0.4];
    expect(chanceOfDifference(spread, spread, 0.05)).toBeGreaterThan(0.2);
    expect(
      chanceOfDifference(
        spread.map((v) => v / 100),
        spread.map((v) => v / 100),
        0.05,
      ),
    ).toBeLessThan(0.01);
  });
});

describe('the power of a comparison', () => {
  it('names the runs that would show equal sides to be equal', () => {
    expect(runsToTell(0.03, Math.log(1.05))).toBeGreaterThanOrEqual(6);
    expect(runsToTell(0.03, Math.log(1.05))).toBeLessThanOrEqual(8);
    expect(runsToTell(0.001, Math.log(1.05))).toBe(4);
  });

  it('knows the difference that so many runs find in 80 %', () => {
    const shift = detectableShift(5, 0.05) ?? 0;
    // Of normal values with five a side the t-test finds 2.02 deviations in 80 %; ranks need a little more.
    expect(shift).toBeGreaterThan(1.9);
    expect(shift).toBeLessThan(2.6);
    expect(detectableShift(3, 0.05)).toBeNull();
  });

  it('takes the spread from within the sides, not from between them', () => {
    expect(
      deviationWithin([
        [1, 2, 3],
        [101, 102, 103],
      ]),
    ).toBeCloseTo(1, 9);
    expect(deviationWithin([[1], [2]])).toBeNull();
  });
});
