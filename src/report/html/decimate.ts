import type { Keep, Plot, Point, Series } from './plot.ts';

/** Long series are drawn with at most this many points. */
export const MAX_POINTS = 600;

/**
 * At most `maxPoints` points, each standing for the same number of neighbours at the x of the first of them. With
 * `highest` no maximum is lost and with `lowest` no minimum; `mean` is for rates, which stay true when averaged (a
 * percentile does not).
 */
export function decimate(points: readonly Point[], keep: Keep, maxPoints: number): readonly Point[] {
  const size = groupSize(points.length, maxPoints);
  if (size === 1) return points;
  const result: Point[] = [];
  for (let at = 0; at < points.length; at += size) {
    const group = points.slice(at, at + size);
    result.push([group[0]?.[0] ?? 0, standIn(group, keep)]);
  }
  return result;
}

/** How many neighbouring points become one; 1: none are lost. */
export function groupSize(length: number, maxPoints: number): number {
  return Math.max(1, Math.ceil(length / maxPoints));
}

/** The series with at most `maxPoints` points. */
export function decimateSeries(series: Series, maxPoints: number): Series {
  return { ...series, points: decimate(series.points, series.keep ?? 'highest', maxPoints) };
}

function standIn(group: readonly Point[], keep: Keep): number | null {
  const values = group.flatMap(([, y]) => (y === null ? [] : [y]));
  if (values.length === 0) return null;
  if (keep === 'highest') return Math.max(...values);
  if (keep === 'lowest') return Math.min(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Points of all lines of a page together; about nine bytes each as data and drawing. */
const MOST_POINTS = 24_000;
/** Lines that may have all their points; the frames of the plots that further ones need weigh as much as so many points each. */
const FULL_LINES = MOST_POINTS / MAX_POINTS;
const FRAME_POINTS = 240;
/** With fewer a line tells nothing. */
const FEWEST_POINTS = 20;

/** How many points a line may have, so that the page stays below 400 KB however many lines there are. */
export function pointsPerLine(plots: readonly Plot[]): number {
  const lines = plots.reduce((sum, plot) => sum + plot.series.length, 0);
  if (lines <= FULL_LINES) return MAX_POINTS;
  const left = MOST_POINTS - (lines - FULL_LINES) * FRAME_POINTS;
  return Math.max(FEWEST_POINTS, Math.floor(left / lines));
}
