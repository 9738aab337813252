import { describe, expect, it } from 'vitest';
import { figureMarkup } from '../../../../src/report/html/figure.ts';
import type { Plot } from '../../../../src/report/html/plot.ts';

function plotOf(length: number): Plot {
  return {
    id: 'latency',
    title: 'Latency <of> all',
    note: 'How to read it.',
    x: { label: 'time', unit: 's' },
    y: { label: 'latency', unit: 'us', log: true },
    series: [
      { label: 'base', ink: 1, points: Array.from({ length }, (_, x) => [x, 1_000 + x]) },
      { label: 'candidate', ink: 2, dashed: true, points: Array.from({ length }, (_, x) => [x, 2_000 + x]) },
    ],
    bands: [{ from: 0, to: length / 2, label: 'first half', kind: 'shaded' }],
    limits: [{ value: 3_000, label: 'p95 < 3ms' }],
  };
}

describe('a figure', () => {
  const text = figureMarkup(plotOf(10)).markup;

  it('names and describes its drawing for those who do not see it', () => {
    expect(text).toContain('role="img" aria-labelledby="latency-t latency-d"');
    expect(text).toContain('<title id="latency-t">Latency &lt;of&gt; all</title>');
    expect(text).toContain('latency over time. base: 1.00 ms to 1.01 ms; candidate: 2.00 ms to 2.01 ms.');
  });

  it('draws a line for each series, its bands and its limits', () => {
    expect(text.match(/<path class="line [^"]*" d="M0 /g)).toHaveLength(2);
    expect(text).toContain('class="line ink-2 dashed"');
    expect(text).toContain('first half');
    expect(text).toContain('p95 &lt; 3ms');
  });

  it('has its values in a table whose headings are marked as such', () => {
    expect(text).toContain('<th scope="col" class="num">candidate</th>');
    expect(text).toContain('<th scope="row">0:09</th><td>1.01 ms</td><td>2.01 ms</td>');
  });

  it('says nothing of thinning out where every point is there', () => {
    expect(text).not.toContain('Each point stands');
  });

  it('says how it was thinned out, and has a table of at most 30 rows', () => {
    const long = figureMarkup(plotOf(1_300)).markup;
    expect(long).toContain('Each point stands for 3 seconds: the highest of them.');
    expect(long).toContain('candidate (highest)');
    expect(long.match(/<th scope="row"/g)?.length).toBeLessThanOrEqual(30);
  });
});
