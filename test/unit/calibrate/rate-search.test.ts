import { describe, expect, it } from 'vitest';
import { type RateSearch, searchRate } from '../../../src/calibrate/rate-search.ts';

const SEARCH: RateSearch = {
  first_per_s: 20_000,
  step: 1.5,
  precision: 1.05,
  least_per_s: 500,
  most_per_s: 1_000_000,
};

/** Searches a limit that is known, and says what was tried. */
async function find(limit_per_s: number, changes: Partial<RateSearch> = {}) {
  const tried: number[] = [];
  const found = await searchRate({ ...SEARCH, ...changes }, async (rate_per_s) => {
    tried.push(rate_per_s);
    return rate_per_s <= limit_per_s ? `held ${rate_per_s}` : null;
  });
  return { ...found, tried };
}

describe('searchRate', () => {
  it.each([700, 4_321, 19_999, 20_000, 20_001, 87_654, 300_000])(
    'finds a limit of %d/s as exactly as it was asked to, and what was seen there',
    async (limit_per_s) => {
      const { held, failed_per_s, tried } = await find(limit_per_s);
      expect(held?.rate_per_s).toBeLessThanOrEqual(limit_per_s);
      expect(failed_per_s).toBeGreaterThan(limit_per_s);
      expect((failed_per_s ?? 0) / (held?.rate_per_s ?? 1)).toBeLessThanOrEqual(1.05);
      expect(held?.seen).toBe(`held ${held?.rate_per_s}`);
      expect(new Set(tried).size).toBe(tried.length);
    },
  );

  it('begins with the guess and goes on by steps until the limit lies between two rates', async () => {
    expect((await find(40_000)).tried.slice(0, 3)).toEqual([20_000, 30_000, 45_000]);
    expect((await find(12_000)).tried.slice(0, 3)).toEqual([20_000, 13_333, 8_889]);
  });

  it('says that nothing held, after it has tried the least', async () => {
    const { held, failed_per_s, tried } = await find(499);
    expect({ held, failed_per_s }).toEqual({ held: null, failed_per_s: 500 });
    expect(tried.at(-1)).toBe(500);
  });

  it('says that everything held, after it has tried the most', async () => {
    const { held, failed_per_s } = await find(Number.POSITIVE_INFINITY);
    expect(held?.rate_per_s).toBe(1_000_000);
    expect(failed_per_s).toBeNull();
  });

  it('ends where no rate lies between two that were tried', async () => {
    const { held, failed_per_s } = await find(3, { first_per_s: 3, least_per_s: 1, precision: 1.0001 });
    expect([held?.rate_per_s, failed_per_s]).toEqual([3, 4]);
  });
});
