import { describe, expect, it } from 'vitest';
import { judgeTestResult, type TestResult, testResultOf } from '../../../src/compare/judge-many.ts';
import type { Sides } from '../../../src/compare/judged.ts';
import { type Bound, exactly } from '../../../src/metric/bound.ts';

const ALPHA = 0.05;

/** A change that is as likely as may be and larger than it must be. */
const WORSE: TestResult = {
  change: 0.1,
  changeLow: 0.06,
  changeHigh: 0.15,
  threshold: 0.05,
  pWorse: ALPHA,
  pBetter: 0.99,
  pDifferent: 0.99,
  runsNeeded: 12,
  isConstant: false,
};
const verdictOf = (changes: Partial<TestResult>, inBlocks = false) =>
  judgeTestResult({ ...WORSE, ...changes }, ALPHA, inBlocks);

describe('the verdict on a quantity of many runs', () => {
  it('is worse or better where the chance is just small enough', () => {
    expect(verdictOf({}).verdict).toBe('worse');
    expect(verdictOf({ pWorse: 0.0501 }).verdict).toBe('inconclusive');
    const better = { change: -0.1, pWorse: 0.99, pBetter: ALPHA };
    expect(verdictOf(better).verdict).toBe('better');
    expect(verdictOf({ ...better, pBetter: 0.0501 }).verdict).toBe('inconclusive');
  });

  it('is no change where a certain one is as large as the threshold, not larger', () => {
    const certain = { pWorse: 0.001, changeLow: 0.04, changeHigh: 0.06 };
    const reason =
      "can't tell: there is a change, but not surely one that counts; about 12 runs a side would be enough";
    expect(verdictOf({ ...certain, change: 0.05 })).toMatchObject({ verdict: 'inconclusive', reason });
    expect(verdictOf({ ...certain, change: 0.05, pWorse: ALPHA })).toMatchObject({ reason });
    expect(verdictOf({ ...certain, change: 0.0501 }).verdict).toBe('worse');
    const gain = { pWorse: 0.99, pBetter: 0.001, changeLow: -0.06, changeHigh: -0.04 };
    expect(verdictOf({ ...gain, change: -0.05 })).toMatchObject({ verdict: 'inconclusive', reason });
    expect(verdictOf({ ...gain, change: -0.0501 }).verdict).toBe('better');
  });

  it('is the same where the chance of a change that counts is just small enough, whatever the interval', () => {
    const unclear = { change: 0, pWorse: 0.5, pBetter: 0.5 };
    expect(verdictOf({ ...unclear, pDifferent: ALPHA }).verdict).toBe('same');
    expect(verdictOf({ ...unclear, pDifferent: 0.0501, changeLow: -0.01, changeHigh: 0.01 })).toMatchObject({
      verdict: 'inconclusive',
      reason:
        "can't tell: neither a change that counts nor its absence is shown; about 12 runs a side would be enough",
    });
    expect(verdictOf({ ...unclear, runsNeeded: 101 }).reason).toContain('more than 100 runs a side');
    expect(verdictOf({ ...unclear, runsNeeded: null }).reason).toMatch(/is shown$/);
  });

  it('is never the same where one side was measured before the other', () => {
    const alike = { change: 0, pWorse: 0.5, pBetter: 0.5, pDifferent: 0.001 };
    expect(verdictOf(alike, true)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('drift and change look alike'),
    });
  });

  it('takes a change that has no size, from zero, for a large one', () => {
    expect(verdictOf({ change: null, changeLow: null, changeHigh: null }).verdict).toBe('worse');
  });

  it('is the same where no value differs from any other', () => {
    expect(verdictOf({ isConstant: true }).verdict).toBe('same');
  });
});

type Changes = Pick<Partial<Sides>, 'direction'> & {
  readonly base?: readonly (number | null)[];
  readonly candidate?: readonly (number | null)[];
};

describe('the evidence of many runs', () => {
  const known = (values: readonly (number | null)[]): (Bound | null)[] =>
    values.map((value) => (value === null ? null : exactly(value)));
  const LIMITS = { minEffect: 0.05, tolerance: 0.2, inBlocks: false };
  const sides = ({ base, candidate, ...changes }: Changes): Sides => ({
    key: 'notices',
    series: 'notices',
    aggregation: 'count',
    unit: 'count',
    direction: 'lower',
    base: known(base ?? [10, 10, 10, 10]),
    candidate: known(candidate ?? [20, 20, 20, 20]),
    ...changes,
  });

  it('needs four runs with a value on either side', () => {
    const four = [1, 2, 3, 4];
    const few = 'only 3 runs a side have a value; 4 are needed';
    expect(testResultOf(sides({ base: [1, 2, 3, null], candidate: four }), LIMITS)).toBe(few);
    expect(testResultOf(sides({ base: four, candidate: [null, 1, 2, 3] }), LIMITS)).toBe(few);
    expect(testResultOf(sides({ base: four, candidate: [5, null, 6, 7, 8] }), LIMITS)).toMatchObject({});
  });

  it('is of a change for the worse in the direction of the quantity', () => {
    const [lower, higher] = (['lower', 'higher'] as const).map((direction) =>
      testResultOf(sides({ direction }), LIMITS),
    );
    expect(lower).toMatchObject({ change: 1, changeLow: 1, changeHigh: 1, pWorse: 1 / 70, pBetter: 1 });
    expect(higher).toMatchObject({ change: 1, pWorse: 1, pBetter: 1 / 70 });
  });

  it('asks for a change of the least size, and of two standard errors where the runs are noisy', () => {
    expect(testResultOf(sides({}), LIMITS)).toMatchObject({ threshold: 0.05 });
    expect(testResultOf(sides({}), { ...LIMITS, inBlocks: true })).toMatchObject({ threshold: 0.2 });
    // Deviations from the medians are 3, 1, 1 and 3 on either side: their median is 2.
    const noisy = { base: [7, 9, 11, 13], candidate: [7, 9, 11, 13] };
    const found = testResultOf(sides(noisy), LIMITS);
    expect(found).toMatchObject({ threshold: expect.closeTo((2 * 1.4826 * 2 * Math.sqrt(1 / 2)) / 10, 10) });
  });

  it('knows values that are all equal', () => {
    expect(testResultOf(sides({ candidate: [10, 10, 10, 10] }), LIMITS)).toMatchObject({ isConstant: true });
    expect(testResultOf(sides({ candidate: [10, 10, 10, 11] }), LIMITS)).toMatchObject({ isConstant: false });
  });
});
