import { number, streamText, timeoutText } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromFirst } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { NamedFilter } from '../../scenario/drawn-filters.ts';
import type { CountForm } from './form.ts';

export interface CountPlan {
  readonly connections: ConnectionRange;
  readonly filters: readonly NamedFilter[];
  readonly timeoutMs: number;
}

export interface Asked {
  readonly count?: CountForm | undefined;
}

/** How counting is planned. */
export const countPlanner: WorkloadPlanner<Asked, CountPlan> = {
  ...PLAIN_PLANNER,
  role: 'counting',
  nips: [45],
  plan: ({ workloads: { count }, connections }) =>
    count === undefined
      ? null
      : {
          connections: rangeFromFirst(count.connections ?? connections.count),
          filters: count.filters,
          timeoutMs: count.timeout,
        },
  stream: ({ workloads: { count } }) =>
    count === undefined ? null : { name: 'count', rate_per_s: count.rate, arrivals: count.arrivals },
  corpus: ({ workloads: { count } }) => (count === undefined ? {} : { isAsked: true }),
  constraints: ({ workloads: { count }, connections }) =>
    count === undefined ? {} : { most: count.connections ?? connections.count },
  planned: (_part, plan) => [['count_latency', measuredArrivals(plan, 'count')]],
  describe: (part, plan) => {
    const weights = part.filters.reduce((sum, { weight }) => sum + weight, 0);
    return [
      ['count', `${streamText(plan, 'count', 'counts')}; ${timeoutText(part)}`],
      ...part.filters.map(({ name, weight, filter }) => {
        const share = number((weight / weights) * 100);
        return [`  ${name}`, `${share} % of counts, ${JSON.stringify(filter)}`] as const;
      }),
    ];
  },
};
