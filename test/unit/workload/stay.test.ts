import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { meanStayMs, presentAtOnce } from '../../../src/plan/stay.ts';
import { drawRestNs, drawStayNs } from '../../../src/workload/stay.ts';

const STAY = { medianMs: 1_000, sigma: 1 };
const MS = 1e6;

function drawn(draw: typeof drawStayNs, stay = STAY): number[] {
  const random = createRandom(3, 'stay');
  const all = Array.from({ length: 100_000 }, () => draw(stay, random) / MS);
  return all.sort((a, b) => a - b);
}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a stay', () => {
  test('is longer than the median in half of all cases, and has the mean of the distribution', () => {
    const stays = drawn(drawStayNs);
    expect(stays[50_000]).toBeGreaterThan(980);
    expect(stays[50_000]).toBeLessThan(1_020);
    expect(mean(stays) / meanStayMs(STAY)).toBeCloseTo(1, 1);
    expect(meanStayMs(STAY)).toBeCloseTo(1_648.7, 1);
    // One in twenty: e^1.645 times the median.
    expect((stays[95_000] ?? 0) / 5_180).toBeCloseTo(1, 1);
  });

  test('is always the same where there is no spread', () => {
    const random = createRandom(1, 'stay');
    expect(drawStayNs({ medianMs: 20, sigma: 0 }, random)).toBe(20 * MS);
  });

  test('that is met at some moment lasts as long yet as renewal theory says', () => {
    // Mean of the rest: E[X²] / 2 E[X] = m · e^(3σ²/2) / 2.
    const rests = drawn(drawRestNs, { medianMs: 1_000, sigma: 0.5 });
    expect(mean(rests) / ((1_000 * Math.exp(1.5 * 0.25)) / 2)).toBeCloseTo(1, 1);
  });
});

test('as many are there at once as come in a mean stay', () => {
  expect(presentAtOnce(10, { medianMs: 2_000, sigma: 0 })).toBe(20);
});
