import { plannedWorkloads } from './each-workload.ts';
import type { ConnectionRange } from './parts.ts';
import type { Plan } from './plan.ts';

/** Connections that have so many subscriptions open at one moment, at least. */
export interface OpenSubscriptions {
  readonly connections: ConnectionRange;
  readonly atOnce: number;
  /** The workloads that open them. */
  readonly workloads: readonly string[];
}

/** How many subscriptions the connections of a plan have open, where any does; neighbours that are alike together. */
export function openSubscriptions(plan: Pick<Plan, 'workloads'>): readonly OpenSubscriptions[] {
  const parts = plannedWorkloads(plan.workloads).flatMap(({ name, planner, part }) => {
    const atOnce = planner.subscriptions(part);
    const { connections } = part;
    return connections === undefined || atOnce === 0 ? [] : [{ name, connections, atOnce }];
  });
  const edges = [...new Set(parts.flatMap(({ connections: { first, count } }) => [first, first + count]))];
  const sorted = edges.toSorted((a, b) => a - b);
  return sorted.slice(0, -1).flatMap((first, index) => {
    const count = (sorted[index + 1] ?? first) - first;
    const open = parts.filter(
      ({ connections }) => connections.first <= first && first < connections.first + connections.count,
    );
    const atOnce = open.reduce((sum, each) => sum + each.atOnce, 0);
    return atOnce === 0
      ? []
      : [{ connections: { first, count }, atOnce, workloads: open.map(({ name }) => name) }];
  });
}
