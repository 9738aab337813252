import { describe, expect, it, test } from 'vitest';
import { decimate, pointsPerLine } from '../../../../src/report/html/decimate.ts';
import type { Plot, Point } from '../../../../src/report/html/plot.ts';

const points: Point[] = [4, 1, 9, 2, null, null, 7].map((y, x) => [x, y]);

describe('thinning out', () => {
  it('leaves a short series as it is', () => {
    expect(decimate(points, 'highest', 7)).toBe(points);
  });

  it('keeps the highest of each group at the place of its first', () => {
    expect(decimate(points, 'highest', 4)).toEqual([
      [0, 4],
      [2, 9],
      [4, null],
      [6, 7],
    ]);
  });

  it('keeps the lowest where a drop must not be lost', () => {
    expect(decimate(points, 'lowest', 2)).toEqual([
      [0, 1],
      [4, 7],
    ]);
  });

  it('averages what was measured and nothing else', () => {
    expect(decimate(points, 'mean', 2)).toEqual([
      [0, 4],
      [4, 7],
    ]);
  });
});

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
  expect(pointsPerLine(Array.from({ length: 20 }, () => plot))).toBe(180);
  expect(pointsPerLine([])).toBe(600);
});
