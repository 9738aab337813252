import { NS_PER_S } from '../../base/clock.ts';
import { number, streamText, timeoutText, whole } from '../../plan/describe-text.ts';
import type { ConnectionRange, ReplayPlan } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromFirst } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { SubscribeForm } from '../subscribe/form.ts';
import { ownConnections, type PublishForm } from './form.ts';

export interface PublishPlan {
  /** Null where events are signed for the run; the sorts are about those. */
  readonly replay: ReplayPlan | null;
  readonly connections: ConnectionRange;
  /** At least one. */
  readonly sorts: readonly SortPlan[];
  /** Topics that the events rotate through. */
  readonly topics: number;
  readonly timeoutMs: number;
}

/** One sort of event that is signed for the run. */
export interface SortPlan {
  /** Null where there is one sort only and the scenario gives it no name. */
  readonly name: string | null;
  readonly weight: number;
  readonly kind: number;
  /** `limit`: as long as the relay says that it takes. */
  readonly contentBytes: number | 'limit';
  /** `fresh`: a new key for each event. */
  readonly authors: number | 'fresh';
  /** Those that send it. */
  readonly connections: ConnectionRange;
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
          sorts: sortsOf(publish, publish.connections ?? connections.count),
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
    publish === undefined
      ? {}
      : {
          most: Math.min(
            ...sortsOf(publish, publish.connections ?? connections.count).map(
              (sort) => sort.connections.count,
            ),
          ),
        },
  planned: (_part, plan) => [['ack_latency', measuredArrivals(plan, 'publish')]],
  describe: (part, plan) => {
    const stream = streamText(plan, 'publish', 'events');
    const [first] = part.sorts;
    if (part.replay !== null || first?.name == null) {
      const event = part.replay === null ? part.sorts.map(sortText).join() : replayText(part.replay);
      return [['publish', `${stream}; ${event}; ${timeoutText(part)}`]];
    }
    const weights = part.sorts.reduce((sum, { weight }) => sum + weight, 0);
    return [
      ['publish', `${stream}; ${timeoutText(part)}`],
      ...part.sorts.map((sort) => {
        const share = number((sort.weight / weights) * 100);
        const own = `${sort.connections.count} connections`;
        return [`  ${sort.name}`, `${share} % of events, ${sortText(sort)}, ${own}`] as const;
      }),
    ];
  },
};

/** Sorts with connections of their own take the last ones, in their order; the others share what is before them. */
function sortsOf(publish: PublishForm, there: number): readonly SortPlan[] {
  const { kind, contentBytes, authors, events } = publish;
  if (events === undefined) {
    const all = rangeFromFirst(there);
    return [{ name: null, weight: 1, kind, contentBytes, authors, connections: all }];
  }
  const own = events.reduce((sum, sort) => sum + ownConnections(sort, there), 0);
  let next = there - own;
  return events.map((sort) => {
    const range = { first: next, count: ownConnections(sort, there) };
    next += range.count;
    return {
      name: sort.name,
      weight: sort.weight,
      kind: sort.kind ?? kind,
      contentBytes: sort.contentBytes ?? contentBytes,
      authors: sort.keys === 'fresh' ? 'fresh' : (sort.authors ?? authors),
      connections: sort.connections === undefined ? rangeFromFirst(there - own) : range,
    };
  });
}

function sortText({ kind, contentBytes, authors }: SortPlan): string {
  const size = contentBytes === 'limit' ? "up to the relay's limit" : `${whole(contentBytes)} B`;
  const signed = authors === 'fresh' ? 'a fresh key each' : `${whole(authors)} authors`;
  return `kind ${kind}, ${size}, ${signed}`;
}

function meanRate(timesNs: Float64Array = new Float64Array()): number {
  const lastNs = timesNs.at(-1) ?? 0;
  return lastNs > 0 ? (timesNs.length * NS_PER_S) / lastNs : timesNs.length;
}

function replayText({ first, end, copies }: ReplayPlan): string {
  const last = end === Number.POSITIVE_INFINITY ? 'without an end' : `to ${whole(end - 1)}`;
  return `events ${whole(first)} ${last} of the corpus, ${copies === 1 ? 'once' : `${copies} times`} each`;
}
