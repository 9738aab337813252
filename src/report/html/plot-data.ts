import { decimateSeries, MAX_POINTS } from './decimate.ts';
import { jsonBlock } from './markup.ts';
import { align, NOTHING_MEASURED, type Plot } from './plot.ts';
import { xDomain, yDomain } from './scale.ts';
import type { Tick } from './ticks.ts';
import { xTicks, yTicks } from './ticks.ts';

/** The data of the interactive plots for a `<script type="application/json">` block, read by `assets/report/plots.js`. */
export function plotData(plots: readonly Plot[]): string {
  return jsonBlock(plots.map(dataOf));
}

function dataOf(plot: Plot): unknown {
  const { xs, columns } = align(plot.series.map((one) => decimateSeries(one, plot.maxPoints ?? MAX_POINTS)));
  return {
    id: plot.id,
    title: plot.title,
    x: { unit: plot.x.unit, domain: xDomain(plot), label: plot.x.label, ticks: ticksOf(xTicks(plot)) },
    y: { unit: plot.y.unit, log: plot.y.log === true, domain: yDomain(plot), ticks: ticksOf(yTicks(plot)) },
    marks: plot.marks ?? 'line',
    series: plot.series.map(({ label, ink, dashed = false, under = 0 }) => ({ label, ink, dashed, under })),
    bands: plot.bands ?? [],
    limits: plot.limits ?? [],
    empty: plot.empty ?? NOTHING_MEASURED,
    // A line without a point at an x of the others goes on there; JSON has no word for that, hence the empty text.
    data: [compact(xs), ...columns.map((column) => column.map((y) => (y === undefined ? '' : rounded(y))))],
  };
}

function ticksOf(ticks: readonly Tick[]): [number[], string[]] {
  return [ticks.map((tick) => tick.value), ticks.map((tick) => tick.text)];
}

/** Most lists of x values are evenly spaced: their first value, their distance and how many they are. */
function compact(xs: readonly number[]): unknown {
  const [first = 0, second = 0] = xs;
  const step = second - first;
  const isEven = xs.length > 2 && xs.every((x, at) => x === first + at * step);
  return isEven ? { first, step, length: xs.length } : xs;
}

/** Three significant digits, as many as the histograms hold, and a quarter of the size. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}
