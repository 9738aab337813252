import { expect, test } from 'vitest';
import type { Plot } from '../../../../src/report/html/plot.ts';
import { pointsPerLine } from '../../../../src/report/html/point-budget.ts';

const plot: Plot = {
  id: 'p',
  title: 'p',
  x: { label: 'x', unit: 's' },
  y: { label: 'y', unit: 'us' },
  series: Array.from({ length: 4 }, (_, at) => ({ label: `${at}`, ink: 1 as const, points: [] })),
};

test('lines have 600 points, and fewer where there are many lines', () => {
  expect(pointsPerLine([plot])).toBe(600);
  expect(pointsPerLine(Array.from({ length: 10 }, () => plot))).toBe(600);
  expect(pointsPerLine(Array.from({ length: 20 }, () => plot))).toBe(300);
  expect(pointsPerLine([])).toBe(600);
});
