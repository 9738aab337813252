import { streamText, timeoutText, whole } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromFirst } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { SyncForm } from './form.ts';

export interface SyncPlan {
  readonly connections: ConnectionRange;
  /** Stored events that a client lacks. */
  readonly missing: number;
  /** Events that only a client has. */
  readonly extra: number;
  readonly timeoutMs: number;
}

export interface Asked {
  readonly sync?: SyncForm | undefined;
}

/** How syncing is planned. */
export const syncPlanner: WorkloadPlanner<Asked, SyncPlan> = {
  ...PLAIN_PLANNER,
  role: 'syncing',
  nips: [77],
  plan: ({ workloads: { sync }, connections }) =>
    sync === undefined
      ? null
      : {
          connections: rangeFromFirst(sync.connections ?? connections.count),
          missing: sync.missing,
          extra: sync.extra,
          timeoutMs: sync.timeout,
        },
  stream: ({ workloads: { sync } }) =>
    sync === undefined ? null : { name: 'sync', rate_per_s: sync.rate, arrivals: sync.arrivals },
  /** A worker knows the notes that it has stored itself: a client has to know all of them. */
  constraints: ({ workloads: { sync } }) => (sync === undefined ? {} : { most: 1 }),
  planned: (_part, plan) => [['sync_latency', measuredArrivals(plan, 'sync')]],
  describe: (part, plan) => {
    const { missing, extra } = part;
    const differences = `${whole(missing)} of ${whole(plan.corpus.events)} events to find, ${whole(extra)} that the relay lacks`;
    return [['sync', `${streamText(plan, 'sync', 'syncs')}; ${differences}; ${timeoutText(part)}`]];
  },
};
