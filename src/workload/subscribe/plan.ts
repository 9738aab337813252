import { number, whole } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromLast } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import { isNamed } from '../../scenario/is-named.ts';
import type { SubscribeForm } from './form.ts';

export interface SubscribePlan {
  readonly connections: ConnectionRange;
  readonly topics: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly subscribe?: SubscribeForm | undefined;
}

/** How live subscriptions are planned. */
export const subscribePlanner: WorkloadPlanner<Asked, SubscribePlan> = {
  ...PLAIN_PLANNER,
  role: 'subscribing',
  subscriptions: () => 1,
  drains: true,
  receives: true,
  plan: ({ workloads: { subscribe }, connections }, { workers }) =>
    subscribe === undefined
      ? null
      : {
          connections: rangeFromLast(subscribe.connections ?? connections.count, connections.count, workers),
          topics: subscribe.topics,
        },
  corpus: ({ workloads: { subscribe } }) =>
    subscribe === undefined
      ? {}
      : { followed: { topics: subscribe.topics, key: 'workloads.subscribe.topics' } },
  constraints: ({ workloads: { subscribe }, corpus }) => {
    if (subscribe === undefined) return {};
    // Subscribers of a replayed corpus follow its authors, whose events any worker may publish.
    return isNamed(corpus) ? { most: 1, topics: subscribe.topics } : { topics: subscribe.topics };
  },
  rounds: ({ connections, topics }) => ({ connections, group: topics }),
  planned: ({ topics, connections }, plan) => {
    // Of a replayed corpus only what somebody follows is delivered.
    const followed = measuredArrivals(plan, 'publish') * (plan.corpus.named?.followedShare ?? 1);
    const deliveries = (followed * connections.count) / topics;
    const relays = plan.relayProcesses;
    const crossing = Math.floor((deliveries * (relays - 1)) / relays);
    return [
      ['delivery_latency', Math.floor(deliveries)],
      ...(relays > 1 ? [['delivery_cross_latency', crossing] as const] : []),
      ['delivery_last_latency', Math.floor((followed * Math.min(topics, connections.count)) / topics)],
    ];
  },
  describe: ({ topics, connections }) => {
    const reach = connections.count / topics;
    return [['subscribe', `${whole(topics)} topics, an event reaches ${number(reach)} subscribers`]];
  },
};
