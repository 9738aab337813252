import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, overlap, placeLabels, textBox } from '../../../../src/report/html/labels.ts';
import type { Plot } from '../../../../src/report/html/plot.ts';
import { svgPlot } from '../../../../src/report/html/svg-plot.ts';

const box = fc
  .record({ left: fc.nat(200), top: fc.nat(100), width: fc.integer({ min: 1, max: 80 }) })
  .map(({ left, top, width }): Box => ({ left, right: left + width, top, bottom: top + 14 }));

describe('placeLabels', () => {
  it('never lets two labels meet, and gives the first one its first place', () => {
    fc.assert(
      fc.property(fc.array(fc.array(box, { minLength: 1, maxLength: 3 }), { minLength: 1 }), (labels) => {
        const shown = placeLabels(labels.map((places) => places.map((one) => ({ box: one, value: one }))));
        expect(shown[0]).toEqual(labels[0]?.[0]);
        for (const [at, one] of shown.entries())
          for (const other of shown.slice(at + 1)) expect(overlap(one, other)).toBe(false);
      }),
    );
  });

  it('lets a label move to its second place before it yields', () => {
    const taken = textBox('taken', 0, 20, 'start');
    const free = textBox('free', 0, 60, 'start');
    const places = [taken, free].map((one) => ({ box: one, value: one }));
    expect(placeLabels([[{ box: taken, value: taken }], places, places])).toEqual([taken, free]);
  });
});

describe('the limit of a gate in a drawing', () => {
  const plot = (limit: number): string =>
    svgPlot({
      id: 'p',
      title: 't',
      x: { label: 'x', unit: 's', domain: [0, 60] },
      y: { label: 'y', unit: 'us', log: true, domain: [100, 50_000] },
      series: [{ label: 'a', ink: 1, points: [[0, 1_000]] }],
      limits: [{ value: limit, label: 'p95 < 100ms' }],
      bands: [{ from: 0, to: 60, label: 'steady', kind: 'plain' }],
    } satisfies Plot).markup;

  it('is a line where it lies on the scale', () => {
    expect(plot(10_000)).toContain('class="limit"');
    expect(plot(10_000)).not.toContain('↑');
  });

  it('is no line at the edge of a scale that it lies beyond: its label says so with an arrow', () => {
    expect(plot(100_000)).not.toContain('class="limit"');
    expect(plot(100_000)).toContain('>↑ p95 &lt; 100ms<');
  });

  it('stands with others of the same height in one label', () => {
    const markup = svgPlot({
      id: 'p',
      title: 't',
      x: { label: 'x', unit: 's', domain: [0, 60] },
      y: { label: 'y', unit: 'us', log: true, domain: [100, 50_000] },
      series: [],
      limits: [
        { value: 10_000, label: 'p95 < 10ms' },
        { value: 10_000, label: 'p99 < 10ms' },
      ],
    }).markup;
    expect(markup).toContain('>p95 &lt; 10ms, p99 &lt; 10ms<');
    expect(markup).toContain('nothing was measured here');
  });
});
