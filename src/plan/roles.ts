import type { Scenario } from '../scenario/schema.ts';

/** Connections of each role; null where the scenario has no such workload. */
export interface RoleConnections {
  readonly publish: number | null;
  readonly query: number | null;
  readonly subscribe: number | null;
}

/** How many connections play each role: all of them where the scenario does not say. */
export function connectionsOf({ workloads, connections }: Scenario): RoleConnections {
  const count = (role: { connections?: number | undefined } | undefined): number | null =>
    role === undefined ? null : (role.connections ?? connections.count);
  return {
    publish: count(workloads.publish),
    query: count(workloads.query),
    subscribe: count(workloads.subscribe),
  };
}
