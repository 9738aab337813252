import type { Bound } from '../metric/bound.ts';
import type { Quantity } from './schema.ts';

/** How values of one unit are compared. */
export interface Scale {
  /** The value on the scale on which differences are taken; "at least this" lies {@link BEYOND} all values. */
  to(bound: Bound): number;
  /** A difference on that scale as a change: a share of the base, or null where the base is zero or no end is known. */
  change(difference: number, baseMedian: number): number | null;
  /** A change that is wanted as a difference on that scale, for example 5 % as ln 1.05. */
  difference(change: number, baseMedian: number): number;
  /** The largest change that is none, between single runs and between many; `wanted` is what the user set. */
  tolerance(wanted: number): number;
  minEffect(wanted: number): number;
}

/** Above every value on any scale: where what is only known as "at least this" stands. */
export const BEYOND = 1e15;

/** Whether a value or a difference involves one that is {@link BEYOND}; halves come from medians. */
export function isBeyond(value: number): boolean {
  return Math.abs(value) >= BEYOND / 4;
}

/** Percentage points say more about a ratio than percents of it: 100 % to 99 % is a loss of 1 in 100. */
const RATIO_TOLERANCE = 0.01;
const RATIO_MIN_EFFECT = 0.005;

const placed =
  (scale: (value: number) => number) =>
  ({ value, isAtLeast }: Bound): number =>
    isAtLeast ? BEYOND : scale(value);
const unlessBeyond =
  (change: (difference: number, baseMedian: number) => number | null): Scale['change'] =>
  (difference, baseMedian) =>
    isBeyond(difference) ? null : change(difference, baseMedian);

/** Differences of logarithms are factors, whichever side is called the base. */
const factors = (smallest: number): Scale => ({
  to: placed((value) => Math.log(Math.max(value, smallest))),
  change: unlessBeyond((difference) => Math.expm1(difference)),
  difference: (change) => Math.log1p(change),
  tolerance: (wanted) => wanted,
  minEffect: (wanted) => wanted,
});

const SCALES: Readonly<Record<Quantity['unit'], Scale>> = {
  us: factors(1),
  per_s: factors(1e-6),
  ratio: {
    to: placed((value) => value),
    change: unlessBeyond((difference) => difference),
    difference: (change) => change,
    tolerance: () => RATIO_TOLERANCE,
    minEffect: () => RATIO_MIN_EFFECT,
  },
  count: {
    to: placed((value) => value),
    change: unlessBeyond((difference, base) => (base > 0 ? difference / base : difference === 0 ? 0 : null)),
    difference: (change, base) => change * base,
    tolerance: (wanted) => wanted,
    minEffect: (wanted) => wanted,
  },
};

export function scaleOf(unit: Quantity['unit']): Scale {
  return SCALES[unit];
}
