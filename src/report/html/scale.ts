import type { Axis, Domain, LimitLine, Plot } from './plot.ts';

/** A place on an axis, 0 (its low end) to 1. */
export type AxisScale = (value: number) => number;

/**
 * Maps an axis' values linearly or logarithmically to 0..1; what lies outside is put at the nearer end.
 * @param domain low < high, and above zero for a logarithmic axis
 */
export function axisScaleOf([low, high]: Domain, log: boolean): AxisScale {
  const bend = log ? Math.log10 : (value: number): number => value;
  const from = bend(low);
  const span = bend(high) - from || 1;
  return (value) => {
    const place = log && value <= 0 ? 0 : (bend(value) - from) / span;
    return Math.min(1, Math.max(0, place));
  };
}

/** A limit further above the data than this factor would squeeze the data: the scale does not grow for it. */
const FAR_ABOVE = 10;

/** Whether a limit lies above the scale: a line at its upper edge would be a lie. */
export function isBeyond(plot: Plot, { value }: LimitLine): boolean {
  return value > yDomain(plot)[1];
}

/** The limits that are near enough to the data for the scale to reach them. */
function nearLimits(plot: Plot): NonNullable<Plot['limits']> {
  const values = plot.series.flatMap((one) => one.points.map(([, y]) => y ?? 0));
  const highest = highestOf(values);
  return (plot.limits ?? []).filter((limit) => limit.value <= highest * FAR_ABOVE);
}

/** Ends of the y axis: those given, or round ones around all values and limits. */
export function yDomain(plot: Plot): Domain {
  if (plot.y.domain !== undefined) return plot.y.domain;
  const values = plot.series.flatMap((one) => one.points.flatMap(([, y]) => (y === null ? [] : [y])));
  return domainOf([...values, ...nearLimits(plot).map((limit) => limit.value)], plot.y);
}

/** Ends of the x axis: those given, or the first and the last value. */
export function xDomain(plot: Plot): Domain {
  if (plot.x.domain !== undefined) return plot.x.domain;
  const values = plot.series.flatMap((one) => one.points.map(([x]) => x));
  const low = lowestOf(values);
  const high = highestOf(values);
  return low < high ? [low, high] : [low, low + 1];
}

/**
 * Round ends around `values`. A linear axis begins at zero, so that heights compare as numbers do; a logarithmic one
 * spans at least one decade.
 */
export function domainOf(values: readonly number[], axis: Pick<Axis, 'log'>): Domain {
  if (axis.log !== true) return [0, roundUp(highestOf(values))];
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const low = roundDownLog(lowestOf(positive));
  return [low, Math.max(roundUpLog(highestOf(positive)), low * 10)];
}

/** A little above `value`: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value * 1.02);
  return (step ?? 10) * power;
}

const LOG_STEPS = [1, 2, 5, 10];

function roundUpLog(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (LOG_STEPS.find((step) => step * power >= value) ?? 10) * power;
}

function roundDownLog(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (LOG_STEPS.findLast((step) => step * power <= value) ?? 1) * power;
}

/** Not `Math.max(...values)`: a long run has more values than a call may have arguments. */
function highestOf(values: readonly number[]): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}

function lowestOf(values: readonly number[]): number {
  return values.reduce((lowest, value) => Math.min(lowest, value), values[0] ?? 0);
}
