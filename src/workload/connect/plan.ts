import { streamText, timeoutText } from '../../plan/describe-text.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { ConnectForm } from './form.ts';

export interface ConnectPlan {
  readonly timeoutMs: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly connect?: ConnectForm | undefined;
}

/** How a storm of new connections is planned. */
export const connectPlanner: WorkloadPlanner<Asked, ConnectPlan> = {
  ...PLAIN_PLANNER,
  role: 'connecting',
  plan: ({ workloads: { connect } }) => (connect === undefined ? null : { timeoutMs: connect.timeout }),
  stream: ({ load, workloads: { connect } }) =>
    connect === undefined
      ? null
      : {
          name: 'connect',
          rate_per_s: load.model === 'closed' ? 0 : connect.rate,
          arrivals: connect.arrivals,
          opens: true,
        },
  timeoutMs: ({ timeoutMs }, { connections }) => Math.max(timeoutMs, connections.timeoutMs),
  /** Each is held to the end. */
  opens: (_part, { streams }) => {
    const total = streams.find(({ name }) => name === 'connect')?.total ?? 0;
    return { numbers: total, atOnce: total };
  },
  /** Connection times count only where connecting is the load. */
  planned: (_part, plan) => [['connect_latency', measuredArrivals(plan, 'connect')]],
  describe: (part, plan) => [
    ['connect', `${streamText(plan, 'connect', 'connections')}; ${timeoutText(part)}`],
  ],
};
