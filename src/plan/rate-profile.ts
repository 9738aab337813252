import { NS_PER_S } from '../base/clock.ts';
import type { PlannedPhase, StreamPlan } from './parts.ts';

/**
 * One phase of a stream's rate, seen from its arrivals: arrivals whose position (arrivals expected since the
 * start of the load) is in [`from`, `to`) fall into it.
 */
export interface RateSegment {
  readonly startNs: number;
  readonly endNs: number;
  readonly from: number;
  readonly to: number;
  /** Arrivals per second at `startNs`. */
  readonly rate_per_s: number;
  /** Change of the rate per second; 0 where the rate is constant. */
  readonly slope_per_s2: number;
}

/**
 * Products such as `0.07 × 100/s × 10 s` miss the whole number they mean by some 1e-14; an arrival more or
 * less must not hang on that.
 */
const SNAP = 1e-6;

function snap(position: number): number {
  const whole = Math.round(position);
  return Math.abs(position - whole) < SNAP ? whole : position;
}

/**
 * The rate of a stream as segments, one for each phase: the cumulative of the rate over time is linear in a
 * phase of constant level and quadratic in a ramp, so that its inverse has a closed form and nothing drifts.
 */
export function rateSegments(
  { rate_per_s: rateAtLevel1, during }: Pick<StreamPlan, 'rate_per_s' | 'during'>,
  phases: readonly PlannedPhase[],
): readonly RateSegment[] {
  let from = 0;
  return phases.map(({ name, startNs, endNs, levelStart, levelEnd }) => {
    const rate_per_s = during === undefined || during.includes(name) ? rateAtLevel1 : 0;
    const seconds = (endNs - startNs) / NS_PER_S;
    const to = snap(from + (rate_per_s * (levelStart + levelEnd) * seconds) / 2);
    const segment = {
      startNs,
      endNs,
      from,
      to,
      rate_per_s: rate_per_s * levelStart,
      slope_per_s2: levelStart === levelEnd ? 0 : (rate_per_s * (levelEnd - levelStart)) / seconds,
    };
    from = to;
    return segment;
  });
}

/**
 * The time at which `position` arrivals are due: the inverse of the cumulative rate. In a ramp it is the
 * root of `slope/2 · t² + rate · t = local` in the form that neither cancels nor divides by a zero slope.
 * @param position in [`segment.from`, `segment.to`)
 * @returns nanoseconds after t0, in [`startNs`, `endNs`)
 */
export function timeOfPosition(segment: RateSegment, position: number): number {
  const local = position - segment.from;
  if (local <= 0) return segment.startNs;
  const { rate_per_s, slope_per_s2 } = segment;
  const elapsedNs =
    slope_per_s2 === 0
      ? (local * NS_PER_S) / rate_per_s
      : (2 * local * NS_PER_S) /
        (rate_per_s + Math.sqrt(Math.max(0, rate_per_s * rate_per_s + 2 * slope_per_s2 * local)));
  return Math.min(segment.startNs + elapsedNs, segment.endNs - 1);
}
