import { expect, test } from 'vitest';
import { SampleSeries } from '../../../src/observe/sample-series.ts';

test('a long series is thinned out evenly and stays below its bound', () => {
  const series = new SampleSeries();
  for (let t = 0; t < 10_000; t++)
    series.add({ t, cpuShare: 0, rss_bytes: 0, descriptors: null, figures: null });
  const times = series.samples.map(({ t }) => t);
  const steps = new Set(times.slice(1).map((t, index) => t - (times[index] ?? 0)));
  expect(times.length).toBeLessThanOrEqual(601);
  expect(times[0]).toBe(0);
  expect(steps.size).toBe(1);
});

test('figures that are known later belong to their own sample, and to none where it was left out', () => {
  const series = new SampleSeries();
  const sample = (t: number) => ({ t, cpuShare: 0, rss_bytes: 0, descriptors: null, figures: null });
  const fill = Array.from({ length: 1_000 }, (_, t) => series.add(sample(t)));
  for (const [t, set] of fill.entries()) set({ at: t });
  expect(series.samples.length).toBeLessThan(1_000);
  for (const { t, figures } of series.samples) expect(figures).toEqual({ at: t });
});
