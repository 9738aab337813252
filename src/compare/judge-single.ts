import { exactly } from '../metric/bound.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { type LatencySummary, QUANTILES, type QuantileName } from '../metric/summary.ts';
import { quantileOf } from './distribution.ts';
import { type Judged, type Sides, undecided } from './judged.ts';
import { scaleOf } from './scale.ts';
import type { Quantity } from './schema.ts';

/** The summaries of the quantity's series in either run, where both have one. */
export type Summaries = readonly [base: LatencySummary, candidate: LatencySummary] | null;

/**
 * One run a side: a change beyond the tolerance counts. The interval of a percentile is that of either run; it knows
 * nothing of how runs differ from each other. A run whose percentile lies among the unanswered is slower than any that
 * knows it.
 */
export function judgeSingle(sides: Sides, tolerance: number, summaries: Summaries): Judged {
  const [base] = sides.base;
  const [candidate] = sides.candidate;
  if (base == null || candidate == null) return undecided('one of the runs has no value');
  if (base.isAtLeast && candidate.isAtLeast)
    return undecided('neither run can say: too many operations were never answered');
  const scale = scaleOf(sides.unit);
  const difference = scale.to(candidate) - scale.to(base);
  const change = scale.change(difference, base.value);
  const threshold = scale.tolerance(tolerance);
  const exceeds = change === null || Math.abs(change) > threshold;
  const isMore = difference > 0;
  return {
    change,
    ...intervalOf(sides.aggregation, summaries),
    threshold,
    pWorse: null,
    pBetter: null,
    verdict: exceeds ? (isMore === (sides.direction === 'lower') ? 'worse' : 'better') : 'same',
  };
}

type Ends = Pick<Quantity, 'changeLow' | 'changeHigh'>;
const NO_INTERVAL: Ends = { changeLow: null, changeHigh: null };

/**
 * The interval of the change between two percentiles, from the interval of each (variance estimates recovery, Zou and
 * Donner 2008, on logarithms); an end that nothing bounds is null.
 */
function intervalOf(aggregation: string, summaries: Summaries): Ends {
  if (!Object.hasOwn(QUANTILES, aggregation) || summaries === null) return NO_INTERVAL;
  const [base, candidate] = summaries.map((summary) => percentileOf(summary, aggregation as QuantileName));
  if (base == null || candidate == null) return NO_INTERVAL;
  const difference = candidate.value - base.value;
  const end = (sign: 1 | -1, reach: number | null): number | null =>
    reach === null ? null : Math.expm1(difference + sign * reach);
  return {
    changeLow: end(-1, together(candidate.value - candidate.low, toHigh(base))),
    changeHigh: end(1, together(base.value - base.low, toHigh(candidate))),
  };
}

/** On the scale of logarithms; the upper end is null where nothing bounds it. */
interface Percentile {
  readonly value: number;
  readonly low: number;
  readonly high: number | null;
}

/** By the seconds of the run where the record has them, else as if its samples were independent. */
function percentileOf(summary: LatencySummary, name: QuantileName): Percentile | null {
  const value_us = summary[`${name}_us`];
  const found =
    summary.effective?.[name] ?? quantileOf(LatencyHistogram.fromSummary(summary), QUANTILES[name]);
  if (value_us === null || value_us === 0 || found === null) return null;
  const [value, low] = [scaleOf('us').to(exactly(value_us)), scaleOf('us').to(exactly(found.low_us))];
  return { value, low, high: found.high_us === null ? null : scaleOf('us').to(exactly(found.high_us)) };
}

function toHigh({ value, high }: Percentile): number | null {
  return high === null ? null : high - value;
}

/** How far two independent intervals reach together. */
function together(one: number, other: number | null): number | null {
  return other === null ? null : Math.hypot(one, other);
}
