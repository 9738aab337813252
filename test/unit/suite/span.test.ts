import { describe, expect, test } from 'vitest';
import { quotientOf } from '../../../src/suite/span.ts';

const span = (value: number, low: number | null = value / 1.1, high: number | null = value * 1.1) => ({
  value,
  low,
  high,
});

describe('a quotient of measured values', () => {
  test('has the interval of both, wider than that of either', () => {
    const found = quotientOf({ over: [span(300)], under: [span(100)] });
    expect(found?.value).toBeCloseTo(3);
    const reach = 1.1 ** Math.SQRT2;
    expect(found?.low).toBeCloseTo(3 / reach);
    expect(found?.high).toBeCloseTo(3 * reach);
  });

  test('is open on the side on which one of them is', () => {
    expect(quotientOf({ over: [span(300, null)], under: [span(100)] })).toMatchObject({
      low: null,
      high: expect.any(Number),
    });
    expect(quotientOf({ over: [span(300)], under: [span(100, null)] })).toMatchObject({
      low: expect.any(Number),
      high: null,
    });
  });

  test('of nothing is none', () => {
    expect(quotientOf({ over: [span(0)], under: [span(100)] })).toBeNull();
    expect(quotientOf({ over: [span(100)], under: [span(0)] })).toBeNull();
  });

  test('of what is the same on both sides is one', () => {
    expect(quotientOf({ over: [span(7), span(3)], under: [span(3), span(7)] })?.value).toBeCloseTo(1);
  });
});
