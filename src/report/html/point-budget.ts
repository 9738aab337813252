import { MAX_POINTS } from './decimate.ts';
import type { Plot } from './plot.ts';

/** Points of all lines of a page together; about nine bytes each as data and drawing. */
const MOST_POINTS = 24_000;

/** How many points a line may have, so that the page stays below 400 KB however many lines there are. */
export function pointsPerLine(plots: readonly Plot[]): number {
  const lines = plots.reduce((sum, plot) => sum + plot.series.length, 0);
  return Math.min(MAX_POINTS, Math.floor(MOST_POINTS / Math.max(1, lines)));
}
