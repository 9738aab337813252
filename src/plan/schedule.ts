import { NS_PER_MS } from '../base/clock.ts';
import type { Scenario } from '../scenario/schema.ts';
import { countArrivals } from './count-arrivals.ts';
import type { PlannedPhase, StreamName, StreamPlan } from './plan.ts';

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

/** The streams of arrivals with their exact counts; none in the closed model. */
export function planStreams(scenario: Scenario, phases: readonly PlannedPhase[]): readonly StreamPlan[] {
  if (scenario.load.model === 'closed') return [];
  return (['publish', 'query', 'connect'] as const).flatMap((name) => planStream(name, scenario, phases));
}

function planStream(name: StreamName, scenario: Scenario, phases: readonly PlannedPhase[]): StreamPlan[] {
  const workload = scenario.workloads[name];
  if (workload?.rate === undefined) return [];
  const stream = { name, rate_per_s: workload.rate, arrivals: workload.arrivals };
  const perPhase = countArrivals(stream, phases, scenario.seed);
  return [{ ...stream, perPhase, total: perPhase.reduce((sum, count) => sum + count, 0) }];
}
