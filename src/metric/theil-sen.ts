import { median } from '../base/median.ts';

/** A value at a time; any units. */
export interface TimedValue {
  readonly x: number;
  readonly y: number;
}

/** How a quantity changes with time. */
export interface Trend {
  /** In units of y per unit of x. */
  readonly slope: number;
  /** Where the slope lies at 95 %; null where the values do not bound it on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** What the quantity is in the middle of the time, by the trend. */
  readonly level: number;
  /** Stretches of time that the trend rests on. */
  readonly stretches: number;
}

/** Neighbouring values are put together into at most so many stretches, each worth its median. */
const MOST_STRETCHES = 120;
/** Below, no interval could bound the slope. */
const LEAST_STRETCHES = 8;
/** Standard errors of an interval at 95 %. */
const Z = 1.96;

/**
 * The trend of values in the order of their times: the median of the slopes between all pairs (Theil–Sen), which a few wild
 * values do not move, and its interval by Kendall's statistic (Sen 1968). Neighbours that are alike, as those of memory are,
 * know less than so many independent values would: the interval is widened by the autocorrelation of what the trend leaves
 * over (Hamed and Rao 1998).
 * @returns null where there are too few values
 */
export function theilSen(values: readonly TimedValue[]): Trend | null {
  const points = stretchesOf(values);
  if (points.length < LEAST_STRETCHES) return null;
  const slopes = slopesOf(points);
  const slope = median(slopes);
  const { length: n } = points;
  const errors = Z * Math.sqrt(((n * (n - 1) * (2 * n + 5)) / 18) * dependence(points, slope));
  const middle = ((points[0] as TimedValue).x + (points.at(-1) as TimedValue).x) / 2;
  return {
    slope,
    low: slopes[Math.floor((slopes.length - errors) / 2)] ?? null,
    high: slopes[Math.ceil((slopes.length + errors) / 2)] ?? null,
    level: median(points.map(({ x, y }) => y - slope * (x - middle))),
    stretches: n,
  };
}

/** Stretches of equally many values; the last one has what is left. */
function stretchesOf(values: readonly TimedValue[]): readonly TimedValue[] {
  const size = Math.ceil(values.length / MOST_STRETCHES);
  if (size <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => {
    const part = values.slice(at * size, (at + 1) * size);
    return { x: median(part.map(({ x }) => x)), y: median(part.map(({ y }) => y)) };
  });
}

/** Between all pairs, ascending. */
function slopesOf(points: readonly TimedValue[]): readonly number[] {
  const slopes: number[] = [];
  for (const [at, from] of points.entries())
    for (const to of points.slice(at + 1)) if (to.x > from.x) slopes.push((to.y - from.y) / (to.x - from.x));
  return slopes.sort((a, b) => a - b);
}

/** By how much the variance of Kendall's statistic grows where values depend on those before them; at least 1. */
function dependence(points: readonly TimedValue[], slope: number): number {
  const { length: n } = points;
  const ranks = ranksOf(points.map(({ x, y }) => y - slope * x));
  const mean = (n - 1) / 2;
  const variance = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
  if (variance === 0) return 1;
  let sum = 0;
  for (let lag = 1; lag < n / 2; lag++) {
    let product = 0;
    for (let at = lag; at < n; at++)
      product += ((ranks[at] as number) - mean) * ((ranks[at - lag] as number) - mean);
    // Taking the trend away makes what is left look less alike than it is, the more the more alike it is.
    const found = product / variance;
    const correlation = found + (2 + 4 * Math.max(0, found)) / n;
    if (correlation <= 0) break;
    sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
  }
  return Math.max(1, 1 + (2 / (n * (n - 1) * (n - 2))) * sum);
}

/** The place of each value in ascending order, from 0; equal ones share the mean of theirs. */
function ranksOf(values: readonly number[]): readonly number[] {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number]) to++;
    for (let at = from; at <= to; at++) ranks[order[at] as number] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}
