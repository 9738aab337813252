import type { BaseLatency } from '../metric/latencies.ts';
import { plannedWorkloads } from './each-workload.ts';
import type { PlannedPhase } from './parts.ts';
import type { Plan } from './plan.ts';
import type { PlanView } from './workload-planner.ts';

type Planned = PlanView & Pick<Plan, 'workloads'>;

/**
 * The same for each measured phase by itself, by its name. Empty where there is one phase only, which is the whole, and in
 * the closed model, where nobody can tell how many operations will fall into a phase.
 */
export function plannedByPhase(plan: Planned): ReadonlyMap<string, ReadonlyMap<BaseLatency, number>> {
  const measured = plan.phases.filter(({ kind }) => kind === 'measured');
  if (measured.length < 2 || plan.load.model === 'closed') return new Map();
  const alone = (one: PlannedPhase): Planned => ({
    ...plan,
    phases: plan.phases.map((phase) => (phase === one ? phase : { ...phase, kind: 'warm-up' })),
  });
  return new Map(measured.map((phase) => [phase.name, plannedSamples(alone(phase))]));
}

/**
 * The latencies that default gates bound, with the number of samples that the plan foresees: those of the
 * scenario's workloads.
 */
export function plannedSamples(plan: Planned): ReadonlyMap<BaseLatency, number> {
  return new Map(
    plannedWorkloads(plan.workloads).flatMap(({ planner, part }) => planner.planned(part, plan)),
  );
}
