import type { Series } from './plot.ts';

/** Several lines over one list of x values: null where a line has a gap, undefined where it has no point at all. */
export interface Aligned {
  readonly xs: readonly number[];
  readonly columns: readonly (readonly (number | null | undefined)[])[];
}

/** Brings lines with points at different places together, for tables and for the interactive plot. */
export function align(series: readonly Series[]): Aligned {
  const all = series.flatMap((one) => one.points.map(([x]) => x));
  const xs = [...new Set(all)].sort((a, b) => a - b);
  const columns = series.map((one) => {
    const byX = new Map(one.points);
    return xs.map((x) => byX.get(x));
  });
  return { xs, columns };
}
