import type { ConnectionRange, PlanParts, Shard } from './parts.ts';

/** Subscribers and the topics that they are spread over. */
interface Subscribers {
  readonly connections: ConnectionRange;
  readonly topics: number;
}

/** The worker that owns connection (or arrival) `n` of the run. */
export function workerOf(n: number, workers: number): number {
  return n % workers;
}

/** The connection numbers of `range` that belong to `shard`, ascending. */
export function ownedConnections(range: ConnectionRange, shard: Shard): readonly number[] {
  const owned: number[] = [];
  const offset = (shard.index - (range.first % shard.count) + shard.count) % shard.count;
  for (let c = range.first + offset; c < range.first + range.count; c += shard.count) owned.push(c);
  return owned;
}

/** Whether connection `connection` plays the role of `range`. */
export function isInRange(range: ConnectionRange, connection: number): boolean {
  return connection >= range.first && connection < range.first + range.count;
}

/** Publishers and querying connections: counted from the first connection of the run. */
export function rangeFromFirst(count: number): ConnectionRange {
  return { first: 0, count };
}

/**
 * Subscribers: counted from the last connection of the run. The range begins at a multiple of the workers (and
 * so may end a few connections early): subscriber k then lives on worker k mod workers, which for a number
 * of topics that the workers divide is the worker that publishes its topic. That worker knows the scheduled
 * time of every event it receives without asking another one.
 */
export function rangeFromLast(count: number, connections: number, workers: number): ConnectionRange {
  const last = connections - count;
  return { first: last - (last % workers), count };
}

/** Topic of arrival `n` of the publish stream. */
export function topicOfEvent(n: number, topics: number): number {
  return n % topics;
}

/** Number of the subscriber on `connection`, counted from 0; `connection` must be in the range. */
export function subscriberOf(subscribe: Subscribers, connection: number): number {
  return connection - subscribe.connections.first;
}

/** Topic that subscriber `k` listens to. */
export function topicOfSubscriber(k: number, topics: number): number {
  return k % topics;
}

/** How many subscribers listen to `topic`. */
export function subscribersOfTopic(subscribe: Subscribers, topic: number): number {
  const { topics, connections } = subscribe;
  return topic < connections.count ? Math.floor((connections.count - 1 - topic) / topics) + 1 : 0;
}

/**
 * Index of the target that `connection` is opened to. Connections go round the targets; a subscriber's target
 * steps on with each round of the topics, so that the subscribers of one topic are spread over all targets.
 */
export function targetOf(plan: Pick<PlanParts, 'targets' | 'rounds'>, connection: number): number {
  const { targets } = plan;
  const rounds = plan.rounds.find((each) => isInRange(each.connections, connection));
  if (rounds === undefined) return connection % targets.length;
  return Math.floor((connection - rounds.connections.first) / rounds.group) % targets.length;
}
