import { NS_PER_S } from '../../base/clock.ts';
import { streamText, timeoutText, whole } from '../../plan/describe-text.ts';
import type { ConnectionRange, ReplayPlan } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromFirst } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { SubscribeForm } from '../subscribe/form.ts';
import type { PublishForm } from './form.ts';

export interface PublishPlan {
  /** Null where events are signed for the run; the three numbers below are about those. */
  readonly replay: ReplayPlan | null;
  readonly connections: ConnectionRange;
  readonly kind: number;
  readonly contentBytes: number;
  readonly authors: number;
  /** Topics that the events rotate through. */
  readonly topics: number;
  readonly timeoutMs: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly publish?: PublishForm | undefined;
  readonly subscribe?: SubscribeForm | undefined;
}

/** How publishing is planned. */
export const publishPlanner: WorkloadPlanner<Asked, PublishPlan> = {
  ...PLAIN_PLANNER,
  role: 'publishing',
  plan: ({ workloads: { publish, subscribe }, connections }, { replay }) =>
    publish === undefined
      ? null
      : {
          replay,
          connections: rangeFromFirst(publish.connections ?? connections.count),
          kind: publish.kind,
          contentBytes: publish.contentBytes,
          authors: publish.authors,
          topics: subscribe?.topics ?? 1,
          timeoutMs: publish.timeout,
        },
  /** At the recorded pace its rate is the mean. */
  stream: ({ load, workloads: { publish } }, bounds) => {
    if (publish === undefined) return null;
    const rate_per_s = load.model === 'closed' ? 0 : (publish.rate ?? meanRate(bounds.recordedNs));
    return { name: 'publish', rate_per_s, arrivals: publish.arrivals, ...bounds };
  },
  corpus: ({ workloads: { publish } }) => {
    if (publish === undefined) return {};
    const { authors, kind, contentBytes, copies, pace } = publish;
    return { publishes: { authors, kind, contentBytes, copies, isRecorded: pace === 'recorded' } };
  },
  constraints: ({ workloads: { publish }, connections }) =>
    publish === undefined ? {} : { most: publish.connections ?? connections.count },
  planned: (_part, plan) => [['ack_latency', measuredArrivals(plan, 'publish')]],
  describe: (part, plan) => {
    const event =
      part.replay === null
        ? `kind ${part.kind}, ${whole(part.contentBytes)} B, ${whole(part.authors)} authors`
        : replayText(part.replay);
    return [['publish', `${streamText(plan, 'publish', 'events')}; ${event}; ${timeoutText(part)}`]];
  },
};

function meanRate(timesNs: Float64Array = new Float64Array()): number {
  const lastNs = timesNs.at(-1) ?? 0;
  return lastNs > 0 ? (timesNs.length * NS_PER_S) / lastNs : timesNs.length;
}

function replayText({ first, end, copies }: ReplayPlan): string {
  const last = end === Number.POSITIVE_INFINITY ? 'without an end' : `to ${whole(end - 1)}`;
  return `events ${whole(first)} ${last} of the corpus, ${copies === 1 ? 'once' : `${copies} times`} each`;
}
