import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitScaling, type ScalingPoint, scaled } from '../../../src/capacity/scaling.ts';

function points(
  law: { rate: number; alpha: number; beta: number },
  relays: readonly number[],
  width = 0,
): ScalingPoint[] {
  return relays.map((count) => {
    const rate_per_s = scaled(law, count);
    return { relays: count, rate_per_s, low: rate_per_s * (1 - width), high: rate_per_s * (1 + width) };
  });
}

describe('the fit of the Universal Scalability Law', () => {
  it("is Gunther's C(N) = N / (1 + α(N−1) + βN(N−1)) times the rate of one", () => {
    expect(scaled({ rate: 100, alpha: 0.1, beta: 0.01 }, 1)).toBe(100);
    expect(scaled({ rate: 100, alpha: 0.1, beta: 0.01 }, 4)).toBeCloseTo(400 / (1 + 0.3 + 0.12), 10);
  });

  it('gives back the coefficients of exact data, three points included', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 100_000, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        (rate, alpha, beta) => {
          const fitted = fitScaling(points({ rate, alpha, beta }, [1, 2, 3]), 1);
          expect(fitted?.ratePerRelay.value).toBeCloseTo(rate, 3);
          expect(fitted?.alpha.value).toBeCloseTo(alpha, 5);
          expect(fitted?.beta.value).toBeCloseTo(beta, 5);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has intervals that hold the truth and grow with those of the limits', () => {
    const law = { rate: 1_000, alpha: 0.08, beta: 0.02 };
    const widths = [0.01, 0.05].map((width) => {
      const fitted = fitScaling(points(law, [1, 2, 3, 4], width), 7);
      expect(fitted?.alpha.low).toBeLessThanOrEqual(law.alpha);
      expect(fitted?.alpha.high).toBeGreaterThanOrEqual(law.alpha);
      return (fitted?.alpha.high ?? 0) - (fitted?.alpha.low ?? 0);
    });
    expect(widths[1]).toBeGreaterThan(widths[0] ?? Number.NaN);
  });

  it('finds neither contention nor coherence below zero where more relays do more than their share', () => {
    const fitted = fitScaling(
      [1, 2, 3].map((relays) => {
        const rate_per_s = 100 * relays ** 1.1;
        return { relays, rate_per_s, low: rate_per_s, high: rate_per_s };
      }),
      1,
    );
    expect(fitted).toMatchObject({ alpha: { value: 0 }, beta: { value: 0 }, peakRelays: null });
  });

  it('says with how many relays the law has its peak', () => {
    const fitted = fitScaling(points({ rate: 100, alpha: 0.19, beta: 0.01 }, [1, 2, 3, 4]), 1);
    expect(fitted?.peakRelays).toBeCloseTo(9, 3);
  });

  it('has its peak at one relay where every other one costs more than it brings', () => {
    const fitted = fitScaling(points({ rate: 100, alpha: 1.2, beta: 0.1 }, [1, 2, 3]), 1);
    expect(fitted?.peakRelays).toBe(1);
  });

  it('needs three numbers of relays', () => {
    expect(fitScaling(points({ rate: 1, alpha: 0, beta: 0 }, [1, 2]), 1)).toBeNull();
  });

  it('is the same for the same seed', () => {
    const given = points({ rate: 500, alpha: 0.1, beta: 0.01 }, [1, 2, 3], 0.03);
    expect(fitScaling(given, 3)).toEqual(fitScaling(given, 3));
  });
});
