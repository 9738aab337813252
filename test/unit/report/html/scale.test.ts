import { describe, expect, it } from 'vitest';
import type { Plot, Point } from '../../../../src/report/html/plot.ts';
import { axisScaleOf, domainOf, isBeyond, xDomain, yDomain } from '../../../../src/report/html/scale.ts';

function plotOf(points: readonly Point[], more: Partial<Plot> = {}): Plot {
  return {
    id: 'p',
    title: 'p',
    x: { label: 'x', unit: 's' },
    y: { label: 'y', unit: 'us' },
    series: [{ label: 'a', ink: 1, points }],
    ...more,
  };
}

describe('a scale', () => {
  it('maps its ends to 0 and 1 and what lies between in proportion', () => {
    const scale = axisScaleOf([10, 20], false);
    expect([10, 15, 20].map(scale)).toEqual([0, 0.5, 1]);
  });

  it('gives every factor of ten the same room where it is logarithmic', () => {
    const scale = axisScaleOf([1, 1_000], true);
    expect(scale(10)).toBeCloseTo(1 / 3);
    expect(scale(100)).toBeCloseTo(2 / 3);
  });

  it('puts what lies outside at the nearer end', () => {
    expect(axisScaleOf([10, 20], false)(99)).toBe(1);
    expect(axisScaleOf([10, 20], false)(-5)).toBe(0);
    expect(axisScaleOf([1, 10], true)(0)).toBe(0);
  });
});

describe('the ends of an axis', () => {
  it('begin at zero and end a little above the highest value where the axis is linear', () => {
    expect(domainOf([3, 180, 225], {})).toEqual([0, 250]);
  });

  it('are round around the values where the axis is logarithmic', () => {
    expect(domainOf([1_100, 28_000], { log: true })).toEqual([1_000, 50_000]);
  });

  it('span a decade where all values are one', () => {
    expect(domainOf([5, 5], { log: true })).toEqual([5, 50]);
  });

  it('exist where nothing was measured', () => {
    expect(domainOf([], {})).toEqual([0, 1]);
    expect(domainOf([0, 0], { log: true })).toEqual([1, 10]);
    expect(xDomain(plotOf([]))).toEqual([0, 1]);
  });

  it('are those that the axis demands', () => {
    expect(yDomain(plotOf([[0, 3]], { y: { label: 'y', unit: 'us', domain: [1, 99] } }))).toEqual([1, 99]);
  });

  it('make room for a limit near the data, and leave one far above it out', () => {
    const plot = plotOf([[0, 30]], {
      limits: [
        { value: 100, label: 'near' },
        { value: 1_000, label: 'far' },
      ],
    });
    expect(plot.limits?.map((limit) => isBeyond(plot, limit))).toEqual([false, true]);
    expect(yDomain(plot)).toEqual([0, 120]);
  });
});
