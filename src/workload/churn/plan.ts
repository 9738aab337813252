import { formatDurationMs } from '../../base/duration.ts';
import { number, streamText, timeoutText, whole } from '../../plan/describe-text.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { meanStayMs, presentAtOnce, type Stay } from '../../plan/stay.ts';
import { PLAIN_PLANNER, type PlanView, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { ShapedFilter } from '../../scenario/named-shapes.ts';
import type { ChurnForm } from './form.ts';

export interface ChurnPlan {
  readonly stay: Stay;
  /** What each connection asks one of; empty where they ask nothing. */
  readonly filters: readonly ShapedFilter[];
  readonly timeoutMs: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly churn?: ChurnForm | undefined;
}

/** Above the mean, so that chance does not exceed it. */
const MARGIN = 1.5;

/** How connections that come and go are planned. */
export const churnPlanner: WorkloadPlanner<Asked, ChurnPlan> = {
  ...PLAIN_PLANNER,
  role: 'coming and going',
  receives: true,
  plan: ({ workloads: { churn } }) =>
    churn === undefined
      ? null
      : {
          stay: { medianMs: churn.stay.median, sigma: churn.stay.sigma },
          filters: churn.filters ?? [],
          timeoutMs: churn.timeout,
        },
  stream: ({ workloads: { churn } }) => {
    if (churn === undefined) return null;
    const { rate: rate_per_s, arrivals, during } = churn;
    return { name: 'churn', rate_per_s, arrivals, opens: true, ...(during === undefined ? {} : { during }) };
  },
  corpus: ({ workloads: { churn } }) => (churn?.filters === undefined ? {} : { isAsked: true }),
  timeoutMs: ({ timeoutMs }, { connections }) => Math.max(timeoutMs, connections.timeoutMs),
  opens: (part, plan) => {
    const total = streamOf(plan)?.total ?? 0;
    return { numbers: total, atOnce: Math.min(total, Math.ceil(presentOf(part, plan) * MARGIN)) };
  },
  planned: ({ filters }, plan) => {
    const came = measuredArrivals(plan, 'churn');
    return [
      ['connect_latency', came],
      ...(filters.length > 0 ? [['churn_ready_latency', came] as const] : []),
    ];
  },
  describe: (part, plan) => {
    const { stay, filters } = part;
    const stays = `median ${formatDurationMs(stay.medianMs)}, mean ${formatDurationMs(Math.round(meanStayMs(stay)))}`;
    const present = `${whole(presentOf(part, plan))} at once in the long run`;
    const weights = filters.reduce((sum, { weight }) => sum + weight, 0);
    return [
      ['churn', `${streamText(plan, 'churn', 'connections')}; ${timeoutText(part)}`],
      ['  stay', `${stays}, lognormal: ${present}`],
      ...filters.map(({ name, weight, filter }) => {
        const share = number((weight / weights) * 100);
        return [`  ${name}`, `${share} % of connections, ${JSON.stringify(filter)}`] as const;
      }),
    ];
  },
};

function streamOf({ streams }: Pick<PlanView, 'streams'>): PlanView['streams'][number] | undefined {
  return streams.find(({ name }) => name === 'churn');
}

/** At the highest level. */
function presentOf({ stay }: ChurnPlan, plan: PlanView): number {
  const levels = plan.phases.map(({ levelStart, levelEnd }) => Math.max(levelStart, levelEnd));
  return presentAtOnce((streamOf(plan)?.rate_per_s ?? 0) * Math.max(...levels), stay);
}
