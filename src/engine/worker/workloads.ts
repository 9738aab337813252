import { NS_PER_S } from '../../base/clock.ts';
import { createEventFrameWriter, type EventFrameWriter } from '../../corpus/event-frames.ts';
import { topicTag } from '../../corpus/marker.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { createPacer } from '../../plan/pacer.ts';
import type { Plan, PublishPlan, Shard, StreamName, StreamPlan } from '../../plan/plan.ts';
import { ownedConnections, subscriberOf, topicOfSubscriber } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { Rotation } from '../../workload/clients.ts';
import { DeliveryTracker } from '../../workload/deliveries.ts';
import type { DrawPools } from '../../workload/draw-filter.ts';
import type { ArrivalSchedule } from '../../workload/frame-ahead.ts';
import { closedModel, countingSchedule, type LoadModel, openModel } from '../../workload/load-model.ts';
import { PublishWorkload } from '../../workload/publish.ts';
import { maxQueryFrameBytes, QueryWorkload } from '../../workload/query.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';

/** Start of the load; an estimate until the coordinator says `go`. */
export interface StartTime {
  monotonicNs: number;
  wallMs: number;
}

/** What every workload of a worker is built from. */
export interface WorkloadContext {
  readonly plan: Plan;
  readonly shard: Shard;
  readonly runTag: string;
  readonly start: StartTime;
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly isOpen: (connection: number) => boolean;
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** When offering ends, monotonic ns. */
  readonly endNs: () => number;
  /** An operation of the closed model has ended: another may start. */
  readonly onCredit: () => void;
}

/** Memory for frames that are built ahead or wait for a socket, per workload. */
const STORE_BYTES = 8 * 1024 * 1024;
const MOST_SLOTS = 16_384;
/** How long an event may be under way to a subscriber beyond its timeout. */
const DELIVERY_WINDOW_S = 10;

export function streamOf(plan: Plan, name: StreamName): StreamPlan | undefined {
  return plan.streams.find((stream) => stream.name === name);
}

export function createEventWriter(context: WorkloadContext, publish: PublishPlan): EventFrameWriter {
  return createEventFrameWriter({
    seed: context.plan.seed,
    authors: publish.authors,
    kind: publish.kind,
    contentBytes: publish.contentBytes,
    topics: context.plan.subscribe?.topics ?? 1,
    runTag: context.runTag,
  });
}

export function createDeliveries(context: WorkloadContext): DeliveryTracker | null {
  const { plan, shard, runTag } = context;
  const { subscribe } = plan;
  const stream = streamOf(plan, 'publish');
  if (subscribe === null || stream === undefined) return null;
  const subscribers = ownedConnections(subscribe.connections, shard).map((connection) => ({
    connection,
    topic: topicOfSubscriber(subscriberOf(subscribe, connection), subscribe.topics),
  }));
  const level = Math.max(...plan.phases.map((phase) => Math.max(phase.levelStart, phase.levelEnd)));
  const options = {
    runTag,
    topics: subscribe.topics,
    subscribers,
    events_per_s:
      plan.load.model === 'closed' ? Number.POSITIVE_INFINITY : (stream.rate_per_s * level) / shard.count,
    window_s: DELIVERY_WINDOW_S + plan.drainMs / 1_000,
  };
  return new DeliveryTracker(
    { ...options, start: context.start, sink: context.sink, series: context.series },
    shard.count,
  );
}

/** The filter of a live subscription to one topic: nothing stored matches it, the run tag is new. */
export function liveFilter(context: WorkloadContext, topic: number): Record<string, unknown> {
  return { kinds: [context.plan.publish?.kind ?? 1], '#t': [topicTag(context.runTag, topic)] };
}

export function createPublish(
  context: WorkloadContext,
  publish: PublishPlan,
  deliveries: DeliveryTracker | null,
): PublishWorkload {
  const writer = createEventWriter(context, publish);
  const connections = ownedConnections(publish.connections, context.shard);
  return new PublishWorkload({
    store: new FrameStore(writer.maxFrameBytes, slotsFor(context, 'publish', writer.maxFrameBytes)),
    writer,
    schedule: scheduleOf(context, 'publish'),
    model: modelOf(context, connections),
    timeoutMs: publish.timeoutMs,
    start: context.start,
    sink: context.sink,
    series: context.series,
    fate: deliveries,
  });
}

export function createQuery(context: WorkloadContext, pools: DrawPools): QueryWorkload | null {
  const { query, seed } = context.plan;
  if (query === null) return null;
  const slotBytes = maxQueryFrameBytes(query.filters);
  return new QueryWorkload({
    store: new FrameStore(slotBytes, slotsFor(context, 'query', slotBytes)),
    schedule: scheduleOf(context, 'query'),
    rotation: new Rotation(ownedConnections(query.connections, context.shard), context.isOpen),
    filters: query.filters,
    pools,
    seed,
    timeoutMs: query.timeoutMs,
    start: context.start,
    sink: context.sink,
    series: context.series,
    sendNow: context.sendNow,
  });
}

/** Stored events are tagged apart from live ones, so that no live subscription matches them. */
export function corpusRunTag(runTag: string): string {
  const last = Number.parseInt(runTag.slice(-1), 16);
  return runTag.slice(0, -1) + (last ^ 1).toString(16);
}

export function createCorpusWriter(context: WorkloadContext): EventFrameWriter {
  const { plan, runTag } = context;
  return createEventFrameWriter({
    seed: plan.seed,
    authors: plan.corpus.authors,
    kind: plan.publish?.kind ?? 1,
    contentBytes: plan.publish?.contentBytes ?? 280,
    topics: plan.corpus.topics,
    runTag: corpusRunTag(runTag),
  });
}

export function corpusTopics({ plan, runTag }: WorkloadContext): readonly string[] {
  return Array.from({ length: plan.corpus.topics }, (_, topic) => topicTag(corpusRunTag(runTag), topic));
}

/** The schedule of this worker's share of a stream. */
export function scheduleOf(context: WorkloadContext, name: StreamName): ArrivalSchedule {
  const { plan, shard } = context;
  const stream = streamOf(plan, name);
  if (stream === undefined) throw new Error(`the plan has no stream ${name}`);
  if (plan.load.model === 'closed' && name === 'publish') return countingSchedule(shard.index, shard.count);
  return createPacer(stream, plan.phases, plan.seed, shard);
}

function modelOf(context: WorkloadContext, connections: readonly number[]): LoadModel {
  const { load } = context.plan;
  if (load.model === 'open') return openModel(new Rotation(connections, context.isOpen));
  const { isOpen, endNs, onCredit } = context;
  return closedModel({ connections, window: load.window, isOpen, endNs, onCredit });
}

/** As many as the stream ever needs, within the memory bound. */
function slotsFor(context: WorkloadContext, name: StreamName, slotBytes: number): number {
  const fitting = Math.max(64, Math.min(MOST_SLOTS, Math.floor(STORE_BYTES / slotBytes)));
  if (context.plan.load.model === 'closed') return fitting;
  const own = Math.ceil((streamOf(context.plan, name)?.total ?? 0) / context.shard.count) + 1;
  return Math.min(fitting, Math.max(64, own));
}

/** Nanoseconds after the start at which offering ends. */
export function endOffsetNs(plan: Plan): number {
  return plan.phases.at(-1)?.endNs ?? NS_PER_S;
}
