import { plannedWorkloads } from './each-workload.ts';
import type { Plan } from './plan.ts';

/** After how many ms at the latest an operation of this plan has ended, counted from its write. */
export function longestTimeoutMs(plan: Pick<Plan, 'workloads' | 'connections'>): number {
  const timeouts = plannedWorkloads(plan.workloads).map(({ planner, part }) => planner.timeoutMs(part, plan));
  return Math.max(0, ...timeouts);
}
