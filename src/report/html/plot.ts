/** What a number on an axis is; decides how it is printed. */
export type Unit = 'us' | 's' | 'per-second' | 'count' | 'cores' | 'bytes' | 'nines';

/** One axis. `nines`: percentiles as HdrHistogram draws them, see `percentile-axis.ts`. */
export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  /** Logarithmic; values that are not above zero are left out. Default: linear from zero. */
  readonly log?: boolean;
  /** Ends of the axis where they should not follow the data, for example to be the same in several plots. */
  readonly domain?: Domain;
}

/** Lowest and highest value of an axis. */
export type Domain = readonly [low: number, high: number];

/** A point; null where nothing was measured: the line has a gap there. */
export type Point = readonly [x: number, y: number | null];

/** Which value stands for several where a long series is thinned out. */
export type Keep = 'highest' | 'lowest' | 'mean';

/** Colours by number (1 to 6 tell apart also for the colour-blind), `muted` for what only accompanies. */
export type Ink = 1 | 2 | 3 | 4 | 5 | 6 | 'muted';

export interface Series {
  /** Not yet escaped. */
  readonly label: string;
  /** By ascending x. */
  readonly points: readonly Point[];
  readonly ink: Ink;
  /** Dashed: the twin of a solid line in the same ink. */
  readonly dashed?: boolean;
  /** Default: `highest`. */
  readonly keep?: Keep;
  /** How many lines may come to lie upon it: it is wider by that, and still to be seen below them. Default: 0. */
  readonly under?: 0 | 1 | 2 | 3;
}

/** A span of the x axis that is shaded: a phase, a fault. */
export interface Band {
  readonly from: number;
  readonly to: number;
  /** Not yet escaped; empty for none. */
  readonly label: string;
  /** Neighbouring phases are told apart by being `shaded` in turn. */
  readonly kind: 'warm-up' | 'plain' | 'shaded' | 'fault';
}

/** Said where nobody knows better why a plot is empty. */
export const NOTHING_MEASURED = 'nothing was measured here';

/** A horizontal line: the limit of a gate. Where it lies above the scale its label says so with an arrow. */
export interface LimitLine {
  readonly value: number;
  /** Not yet escaped. */
  readonly label: string;
}

/** A line plot before it is drawn: an SVG, a table and the data of the interactive plot are all made from it. */
export interface Plot {
  /** Unique in the page; letters, digits and `-`. */
  readonly id: string;
  readonly title: string;
  /** How to read it; one or two sentences. */
  readonly note?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly bands?: readonly Band[];
  readonly limits?: readonly LimitLine[];
  /** Longer lines are thinned out; default: `MAX_POINTS`. */
  readonly maxPoints?: number;
  /** Why there is nothing to see, where no line has a point. */
  readonly empty?: string;
  /** How points are shown; `both` where there are few and each stands for something. Default: `line`. */
  readonly marks?: 'line' | 'dots' | 'both';
}

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

/** What `under` is of the line `at` of `lines` lines that may coincide, the first at the bottom. */
export function linesAbove(lines: number, at: number): NonNullable<Series['under']> {
  return Math.max(0, Math.min(3, lines - 1 - at)) as NonNullable<Series['under']>;
}
