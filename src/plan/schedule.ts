import { NS_PER_MS } from '../base/clock.ts';
import type { Scenario } from '../scenario/schema.ts';
import { countArrivals } from './count-arrivals.ts';
import type { PlannedPhase, StreamPlan } from './plan.ts';

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
export function planStreams(scenario: Scenario, phases: readonly PlannedPhase[]): readonly StreamPlan[] {
  return (['publish', 'query', 'connect'] as const).flatMap((name) => {
    const workload = scenario.workloads[name];
    if (workload === undefined) return [];
    const rate_per_s = scenario.load.model === 'closed' ? 0 : (workload.rate ?? 0);
    const stream = { name, rate_per_s, arrivals: workload.arrivals };
    const perPhase = countArrivals(stream, phases, scenario.seed);
    return [{ ...stream, perPhase, total: perPhase.reduce((sum, count) => sum + count, 0) }];
  });
}
