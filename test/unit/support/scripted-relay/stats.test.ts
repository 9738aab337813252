import { expect, it } from 'vitest';
import { gapVariation, perSecond, spread } from '../../../support/scripted-relay/stats.ts';

it('tells constant from Poisson arrivals', () => {
  const constant = Array.from({ length: 1_000 }, (_, i) => i * 5);
  let time = 0;
  let state = 1;
  const poisson = Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    time -= Math.log((state + 1) / 2 ** 32);
    return time;
  });
  expect(gapVariation(constant)).toBeCloseTo(0, 10);
  expect(gapVariation(poisson)).toBeCloseTo(1, 1);
  expect(gapVariation([1, 2])).toBeNull();
});

it('counts events by second after the first', () => {
  expect(perSecond([5e9, 5.9e9, 6.1e9, 8e9])).toEqual([2, 1, 0, 1]);
  expect(perSecond([])).toEqual([]);
});

it('takes percentiles by nearest rank', () => {
  const values = Array.from({ length: 1_000 }, (_, i) => 1_000 - i);
  expect(spread(values)).toEqual({ p50: 500, p95: 950, p99: 990, max: 1_000 });
  expect(spread([])).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
});
