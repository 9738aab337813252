import { describe, expect, it } from 'vitest';
import { shareAtLeast } from '../../../src/base/binomial-bound.ts';

describe('shareAtLeast', () => {
  // From the quantiles of the beta distribution in SciPy 1: beta.ppf(0.05, hits, trials - hits + 1).
  it.each([
    [1, 1, 0.05],
    [1, 10, 0.005116196891823701],
    [2, 180, 0.0019777800653112713],
    [5, 180, 0.011007687187696884],
    [6, 200, 0.01314398708718085],
    [3, 12, 0.07187025554226983],
    [4, 12, 0.12285066324360105],
    [2, 3, 0.13535036217158378],
    [3, 3, 0.3684031498640387],
    [10, 10, 0.7411344491069477],
    [99, 100, 0.9534401885464611],
    [60, 3_000, 0.015980601630293308],
    [2_000, 100_000, 0.019277100992806166],
  ])('gives the bound of Clopper and Pearson for %d of %d', (hits, trials, expected) => {
    expect(shareAtLeast(hits, trials)).toBeCloseTo(expected, 9);
  });

  it('is 0 where nothing was hit or tried', () => {
    expect([shareAtLeast(0, 100), shareAtLeast(0, 0)]).toEqual([0, 0]);
  });

  it('rises with the evidence: the same share of more trials is the surer one', () => {
    const bounds = [100, 1_000, 10_000].map((trials) => shareAtLeast(trials / 50, trials));
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    expect(bounds[0]).toBeLessThan(0.01);
    expect(bounds[2]).toBeGreaterThan(0.01);
  });

  it('is lower where more confidence is asked for', () => {
    expect(shareAtLeast(5, 180, 0.99)).toBeLessThan(shareAtLeast(5, 180, 0.95));
  });
});
