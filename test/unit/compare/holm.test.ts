import { expect, it } from 'vitest';
import { holm } from '../../../src/compare/holm.ts';

it('corrects step by step and keeps the order of what it got', () => {
  const adjusted = holm([0.04, 0.01, 0.03]);
  expect(adjusted.map((p) => Number(p.toFixed(6)))).toEqual([0.06, 0.03, 0.06]);
});

it('never exceeds 1 and leaves a single test alone', () => {
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([0.02])).toEqual([0.02]);
  expect(holm([])).toEqual([]);
});
