import { askableFilters } from '../../plan/adapt-filters.ts';
import { number, streamText, timeoutText } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromFirst } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import { isNamed } from '../../scenario/is-named.ts';
import type { FilterSpec, QueryForm } from './form.ts';

export interface QueryPlan {
  readonly connections: ConnectionRange;
  readonly filters: readonly FilterSpec[];
  /** How the values of filters are drawn. */
  readonly popularity: NonNullable<QueryForm['popularity']>;
  readonly timeoutMs: number;
  /** Share of queries whose answers are checked, 0..1; 0 where the right answers are not known. */
  readonly checkShare: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly query?: QueryForm | undefined;
}

/** How queries are planned. */
export const queryPlanner: WorkloadPlanner<Asked, QueryPlan> = {
  ...PLAIN_PLANNER,
  role: 'querying',
  subscriptions: () => 1,
  receives: true,
  plan: ({ workloads: { query }, connections, corpus }) =>
    query === undefined
      ? null
      : {
          connections: rangeFromFirst(query.connections ?? connections.count),
          filters: query.filters,
          popularity: query.popularity ?? 'even',
          timeoutMs: query.timeout,
          checkShare: isNamed(corpus) ? query.check : 0,
        },
  stream: ({ load, workloads: { query } }) =>
    query === undefined
      ? null
      : { name: 'query', rate_per_s: load.model === 'closed' ? 0 : query.rate, arrivals: query.arrivals },
  corpus: ({ workloads: { query } }) => (query === undefined ? {} : { isAsked: true }),
  constraints: ({ workloads: { query }, connections }) =>
    query === undefined ? {} : { most: query.connections ?? connections.count },
  adapt: (part, advertised) => {
    const { filters, remarks } = askableFilters(part.filters, advertised);
    return { part: { ...part, filters }, remarks };
  },
  /** First events are expected only where a corpus gives queries something to find. */
  planned: (_part, plan) => {
    const queries = measuredArrivals(plan, 'query');
    const first = plan.corpus.events > 0 ? [['first_event_latency', queries] as const] : [];
    return [...first, ['eose_latency', queries]];
  },
  describe: (part, plan) => {
    const { checkShare, filters, popularity } = part;
    const popular = popularity === 'zipf' ? '; few values are asked for most of the time (Zipf)' : '';
    const checked = checkShare === 0 ? '' : `; ${number(checkShare * 100)} % of answers checked`;
    const weights = filters.reduce((sum, { weight }) => sum + weight, 0);
    return [
      ['query', `${streamText(plan, 'query', 'queries')}; ${timeoutText(part)}${popular}${checked}`],
      ...filters.map(({ name, weight, filter }) => {
        const share = number((weight / weights) * 100);
        return [`  ${name}`, `${share} % of queries, ${JSON.stringify(filter)}`] as const;
      }),
    ];
  },
};
