import type { WorkloadPlans } from '../workload/registry/plans.ts';
import type { PlanParts } from './parts.ts';

/**
 * Every resolved number of a run; plain data that is printed by `plan`, sent to the workers and stored in the
 * record. Nothing after this consults the scenario.
 */
export interface Plan extends PlanParts {
  /** By its name, of each workload that takes part. */
  readonly workloads: WorkloadPlans;
}
