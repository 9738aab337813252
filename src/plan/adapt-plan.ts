import type { Advertised } from '../judge/advertised.ts';
import { plannedWorkloads } from './each-workload.ts';
import type { Plan } from './plan.ts';

/** A plan that suits what its relay says of itself. */
export interface Adapted {
  readonly plan: Plan;
  /** What is asked otherwise than the scenario says, for people: before the run and in its report. */
  readonly remarks: readonly string[];
}

/**
 * Leaves out of a plan what its relay says that it does not offer.
 * @throws RelayBenchError (exit 3) where nothing would be left
 */
export function adaptPlan(plan: Plan, advertised: Advertised): Adapted {
  const adapted = plannedWorkloads(plan.workloads).map(({ name, planner, part }) => ({
    name,
    ...planner.adapt(part, advertised),
  }));
  const workloads = Object.fromEntries(adapted.map(({ name, part }) => [name, part])) as Plan['workloads'];
  return { plan: { ...plan, advertised, workloads }, remarks: adapted.flatMap(({ remarks }) => remarks) };
}
