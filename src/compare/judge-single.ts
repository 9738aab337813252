import type { LatencyHistogram } from '../metric/histogram.ts';
import { QUANTILES, type QuantileName } from '../metric/summary.ts';
import { quantileOf } from './distribution.ts';
import type { Judged, Sides } from './judged.ts';
import { undecided } from './judged.ts';
import { scaleOf } from './scale.ts';
import type { Quantity } from './schema.ts';

/** The histograms of the quantity's series, where it has one. */
export type Histograms = readonly [base: LatencyHistogram, candidate: LatencyHistogram] | null;

/**
 * One run a side: a change beyond the tolerance counts. The interval of a percentile is that of its rank in either
 * run; it knows nothing of how runs differ from each other.
 */
export function judgeSingle(sides: Sides, tolerance: number, histograms: Histograms): Judged {
  const [base] = sides.base;
  const [candidate] = sides.candidate;
  if (base == null || candidate == null) return undecided('one of the runs has no value');
  const scale = scaleOf(sides.unit);
  const difference = scale.to(candidate) - scale.to(base);
  const change = scale.change(difference, base);
  const threshold = scale.tolerance(tolerance);
  const exceeds = change === null || Math.abs(change) > threshold;
  const isMore = difference > 0;
  return {
    change,
    ...rankInterval(sides.aggregation, histograms),
    threshold,
    pWorse: null,
    pBetter: null,
    verdict: exceeds ? (isMore === (sides.direction === 'lower') ? 'worse' : 'better') : 'same',
  };
}

/** The factor between the two rank intervals of a percentile; nulls for anything else. */
function rankInterval(
  aggregation: string,
  histograms: Histograms,
): Pick<Quantity, 'changeLow' | 'changeHigh'> {
  const percentile = Object.hasOwn(QUANTILES, aggregation) ? QUANTILES[aggregation as QuantileName] : null;
  if (percentile === null || histograms === null) return { changeLow: null, changeHigh: null };
  const [base, candidate] = histograms.map((histogram) => quantileOf(histogram, percentile));
  if (base == null || candidate == null || base.low_us === 0) return { changeLow: null, changeHigh: null };
  return {
    changeLow: candidate.low_us / base.high_us - 1,
    changeHigh: candidate.high_us / base.low_us - 1,
  };
}
