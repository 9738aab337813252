import type { Quantity } from './schema.ts';

/** How values of one unit are compared. */
export interface Scale {
  /** The value on the scale on which differences are taken. */
  to(value: number): number;
  /** A difference on that scale as a change: a share of the base, or null where the base is zero. */
  change(difference: number, baseMedian: number): number | null;
  /** The largest change that is none, between single runs and between many; `wanted` is what the user set. */
  tolerance(wanted: number): number;
  minEffect(wanted: number): number;
}

/** Percentage points say more about a ratio than percents of it: 100 % to 99 % is a loss of 1 in 100. */
const RATIO_TOLERANCE = 0.01;
const RATIO_MIN_EFFECT = 0.005;

/** Differences of logarithms are factors, whichever side is called the base. */
const factors = (smallest: number): Scale => ({
  to: (value) => Math.log(Math.max(value, smallest)),
  change: (difference) => Math.expm1(difference),
  tolerance: (wanted) => wanted,
  minEffect: (wanted) => wanted,
});

const SCALES: Readonly<Record<Quantity['unit'], Scale>> = {
  us: factors(1),
  per_s: factors(1e-6),
  ratio: {
    to: (value) => value,
    change: (difference) => difference,
    tolerance: () => RATIO_TOLERANCE,
    minEffect: () => RATIO_MIN_EFFECT,
  },
  count: {
    to: (value) => value,
    change: (difference, base) => (base > 0 ? difference / base : difference === 0 ? 0 : null),
    tolerance: (wanted) => wanted,
    minEffect: (wanted) => wanted,
  },
};

export function scaleOf(unit: Quantity['unit']): Scale {
  return SCALES[unit];
}
