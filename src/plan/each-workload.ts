import type { ScenarioShape } from '../scenario/shape.ts';
import type { WorkloadName } from '../workload/registry/forms.ts';
import { PLANNERS, type WorkloadPlans } from '../workload/registry/plans.ts';
import type { CommonPlan, WorkloadPlanner } from './workload-planner.ts';

type Workloads = ScenarioShape['workloads'];
type AnyPlanner = WorkloadPlanner<Workloads, CommonPlan>;

/** The planners, in the order of default gates. */
export const ALL_PLANNERS: readonly (readonly [WorkloadName, AnyPlanner])[] = Object.entries(
  PLANNERS as Readonly<Record<WorkloadName, AnyPlanner>>,
) as [WorkloadName, AnyPlanner][];

/** Parts of a plan with their planners. */
export interface PlannedWorkload {
  readonly name: WorkloadName;
  readonly planner: AnyPlanner;
  readonly part: CommonPlan;
}

/** The workloads of a plan, in the order of default gates. */
export function plannedWorkloads(workloads: WorkloadPlans): readonly PlannedWorkload[] {
  return ALL_PLANNERS.flatMap(([name, planner]) => {
    const part = workloads[name];
    return part === undefined ? [] : [{ name, planner, part }];
  });
}

/** Whether events come to some workload, of which a sample is verified. */
export function receivesEvents({ workloads }: { readonly workloads: WorkloadPlans }): boolean {
  return plannedWorkloads(workloads).some(({ planner }) => planner.receives);
}
