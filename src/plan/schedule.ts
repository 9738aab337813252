import { NS_PER_MS } from '../base/clock.ts';
import type { Scenario } from '../scenario/schema.ts';
import { countArrivals } from './count-arrivals.ts';
import { ALL_PLANNERS } from './each-workload.ts';
import type { PlannedPhase, StreamPlan } from './parts.ts';
import type { PublishBounds } from './workload-planner.ts';

export const WARM_UP = 'warm-up';

/** Warm-up, where there is one, then the measured phases, without a gap. */
export function planPhases({ warmup, phases }: Scenario): readonly PlannedPhase[] {
  let atMs = 0;
  const next = (
    durationMs: number,
    phase: Pick<PlannedPhase, 'name' | 'kind' | 'levelStart' | 'levelEnd'>,
  ): PlannedPhase => {
    const startNs = Math.round(atMs * NS_PER_MS);
    atMs += durationMs;
    return { ...phase, startNs, endNs: Math.round(atMs * NS_PER_MS) };
  };
  const warmUp =
    warmup > 0 ? [next(warmup, { name: WARM_UP, kind: 'warm-up', levelStart: 1, levelEnd: 1 })] : [];
  const measured = phases.map(({ name, duration, level, rampTo = level }) =>
    next(duration, { name, kind: 'measured', levelStart: level, levelEnd: rampTo }),
  );
  return [...warmUp, ...measured];
}

/** The streams of arrivals with their exact counts. */
export function planStreams(
  scenario: Scenario,
  phases: readonly PlannedPhase[],
  bounds: PublishBounds = {},
): readonly StreamPlan[] {
  const streams = ALL_PLANNERS.map(([, planner]) => planner.stream(scenario, bounds));
  return streams.flatMap((stream) => {
    if (stream === null) return [];
    const perPhase = countArrivals(stream, phases, scenario.seed);
    return [{ ...stream, perPhase, total: perPhase.reduce((sum, count) => sum + count, 0) }];
  });
}
