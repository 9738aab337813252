import { describe, expect, it } from 'vitest';
import { QUANTILE_NAMES, samplesNeeded } from '../../../src/metric/summary.ts';

describe('samplesNeeded', () => {
  it('is ten samples above the percentile', () => {
    expect(QUANTILE_NAMES.map((name) => [name, samplesNeeded(name)])).toEqual([
      ['p50', 20],
      ['p75', 40],
      ['p90', 100],
      ['p95', 200],
      ['p99', 1_000],
      ['p999', 10_000],
    ]);
  });
});
