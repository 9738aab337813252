import { NS_PER_S } from '../../base/clock.ts';
import { createEventFrameWriter, type EventFrames } from '../../corpus/event-frames.ts';
import { topicTag } from '../../corpus/marker.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { Filter } from '../../nostr/filter.ts';
import { createPacer } from '../../plan/pacer.ts';
import type { Plan, PublishPlan, Shard, StreamName, StreamPlan } from '../../plan/plan.ts';
import { ownedConnections, subscriberOf, topicOfSubscriber } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import type { AnswerSamples } from '../../workload/answer-samples.ts';
import type { CaseSink } from '../../workload/case-sink.ts';
import { type Clients, RandomClients, Rotation } from '../../workload/clients.ts';
import { ConnectWorkload } from '../../workload/connect.ts';
import { DeliveryTracker } from '../../workload/deliveries.ts';
import type { DrawPools } from '../../workload/draw-filter.ts';
import type { EventFate } from '../../workload/event-fate.ts';
import type { ArrivalSchedule } from '../../workload/frame-ahead.ts';
import { closedModel, countingSchedule, type LoadModel, openModel } from '../../workload/load-model.ts';
import { PublishWorkload } from '../../workload/publish.ts';
import { QueryWorkload } from '../../workload/query.ts';
import { maxQueryFrameBytes } from '../../workload/query-shapes.ts';
import { recogniseById, recogniseByMarker } from '../../workload/recognise.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';
import type { StoredEvents } from '../../workload/stored-events.ts';
import type { ArrivalStream } from '../../workload/stream.ts';
import type { ClientHub } from './client-hub.ts';

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
  /** Number of the relay process that a connection has reached; negative where that is not known. */
  readonly relayOf: (connection: number) => number;
  /** Phase of this moment; outside of all phases before the load. */
  readonly currentPhase: () => number;
  readonly cases: CaseSink;
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** When offering ends, monotonic ns. */
  readonly endNs: () => number;
  /** An operation of the closed model has ended: another may start. */
  readonly onCredit: () => void;
  /** The run can't go on. */
  readonly fail: (error: unknown) => void;
}

/** Memory for frames that are built ahead or wait for a socket, per workload. */
const STORE_BYTES = 8 * 1024 * 1024;
/** For replays, whose slots are as large as the largest event (what is not written to takes no memory), and mined events. */
const LARGE_STORE_BYTES = 64 * 1024 * 1024;
const MOST_SLOTS = 16_384;
/** At least how long an event may be under way to a subscriber, before the drain. */
const DELIVERY_WINDOW_S = 10;

export function streamOf(plan: Plan, name: StreamName): StreamPlan | undefined {
  return plan.streams.find((stream) => stream.name === name);
}

/** Signs the events of the run while it goes on. */
export function createSigningFrames(context: WorkloadContext, publish: PublishPlan): EventFrames {
  return createEventFrameWriter({
    seed: context.plan.seed,
    authors: publish.authors,
    kind: publish.kind,
    contentBytes: publish.contentBytes,
    topics: context.plan.subscribe?.topics ?? 1,
    runTag: context.runTag,
    work: context.plan.fitted?.work ?? 0,
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
    recogniser: plan.publish?.replay == null ? recogniseByMarker(runTag, subscribe.topics) : recogniseById(),
    subscribers,
    events_per_s:
      plan.load.model === 'closed' ? Number.POSITIVE_INFINITY : (stream.rate_per_s * level) / shard.count,
    window_s: Math.max(DELIVERY_WINDOW_S, (plan.publish?.timeoutMs ?? 0) / 1_000) + plan.drainMs / 1_000,
  };
  return new DeliveryTracker(
    {
      ...options,
      start: context.start,
      sink: context.sink,
      series: context.series,
      relayOf: context.relayOf,
      currentPhase: context.currentPhase,
      cases: context.cases,
    },
    shard.count,
  );
}

/** The filter of a live subscription to one topic: nothing stored matches it, the run tag is new. */
export function liveFilter(context: WorkloadContext, topic: number): Filter {
  return { kinds: [context.plan.publish?.kind ?? 1], '#t': [topicTag(context.runTag, topic)] };
}

export function createPublish(
  context: WorkloadContext,
  publish: PublishPlan,
  frames: EventFrames,
  fate: EventFate | null,
): PublishWorkload {
  const connections = ownedConnections(publish.connections, context.shard);
  return new PublishWorkload({
    store: new FrameStore(frames.maxFrameBytes, slotsFor(context, 'publish', frames.maxFrameBytes)),
    frames,
    schedule: scheduleOf(context, 'publish'),
    model: modelOf(context, connections),
    timeoutMs: publish.timeoutMs,
    start: context.start,
    sink: context.sink,
    series: context.series,
    fate,
    kind: publish.replay === null ? publish.kind : null,
    cases: context.cases,
  });
}

export function createQuery(
  context: WorkloadContext,
  { pools, answers, knownStored }: QueryCorpus,
): QueryWorkload | null {
  const { query, seed } = context.plan;
  if (query === null) return null;
  const slotBytes = maxQueryFrameBytes(query.filters);
  return new QueryWorkload({
    store: new FrameStore(slotBytes, slotsFor(context, 'query', slotBytes)),
    schedule: scheduleOf(context, 'query'),
    clients: clientsOf(context, 'query', ownedConnections(query.connections, context.shard)),
    filters: query.filters,
    pools,
    seed,
    timeoutMs: query.timeoutMs,
    start: context.start,
    sink: context.sink,
    series: context.series,
    sendNow: context.sendNow,
    answers,
    stored: knownStored,
    cases: context.cases,
    mayComeLive: liveBound(context),
  });
}

/** What queries need of the corpus. */
interface QueryCorpus {
  readonly pools: DrawPools;
  readonly answers: AnswerSamples | null;
  readonly knownStored: StoredEvents;
}

/** Events that other clients may publish in a second while a query waits. */
const FOREIGN_PER_S = 1_000;
/** Where replies set the pace nothing is scheduled. */
const CLOSED_PER_S = 50_000;

/** At most how many events can have come live since a query that was written so long ago, generously. */
function liveBound({ plan }: WorkloadContext): (sinceNs: number) => number {
  const level = Math.max(...plan.phases.map(({ levelStart, levelEnd }) => Math.max(levelStart, levelEnd)));
  const own_per_s = 2 * (streamOf(plan, 'publish')?.rate_per_s ?? 0) * level;
  const perSecond = FOREIGN_PER_S + (plan.load.model === 'closed' ? CLOSED_PER_S : own_per_s);
  // What was acknowledged a moment before may be on its way still.
  return (sinceNs) => perSecond * (1 + sinceNs / NS_PER_S);
}

/** The storm of new connections, where the plan has one. */
export function createStorm(context: WorkloadContext, hub: ClientHub): ArrivalStream[] {
  const { plan, start } = context;
  if (streamOf(plan, 'connect') === undefined) return [];
  const stream = new ConnectWorkload({
    schedule: scheduleOf(context, 'connect'),
    start,
    open: (number, scheduledNs) => hub.open(plan.connections.count + number, scheduledNs),
    opening: () => hub.opening,
  });
  return [stream];
}

/** The schedule of this worker's share of a stream. */
export function scheduleOf(context: WorkloadContext, name: StreamName): ArrivalSchedule {
  const { plan, shard } = context;
  const stream = streamOf(plan, name);
  if (stream === undefined) throw new Error(`the plan has no stream ${name}`);
  if (plan.load.model === 'closed' && name === 'publish')
    return countingSchedule(shard.index, shard.count, stream.limit);
  return createPacer(stream, plan.phases, plan.seed, shard);
}

/** As the plan says: drawn, each worker on its own, or in turn. */
function clientsOf(
  { plan, shard, isOpen }: WorkloadContext,
  role: 'publish' | 'query',
  connections: readonly number[],
): Clients {
  if (plan.connections.pick === 'round-robin') return new Rotation(connections, isOpen);
  const label = `connections/${role}/${shard.index}`;
  return new RandomClients(connections, isOpen, { seed: plan.seed, label });
}

function modelOf(context: WorkloadContext, connections: readonly number[]): LoadModel {
  const { load } = context.plan;
  if (load.model === 'open') return openModel(clientsOf(context, 'publish', connections));
  const { isOpen, endNs, onCredit } = context;
  return closedModel({ connections, window: load.window, isOpen, endNs, onCredit });
}

/** As many as the stream ever needs, within the memory bound. */
function slotsFor(context: WorkloadContext, name: StreamName, slotBytes: number): number {
  const isReplay = name === 'publish' && context.plan.publish?.replay != null;
  const isMined = name === 'publish' && (context.plan.fitted?.work ?? 0) > 0;
  const bytes = isReplay || isMined ? LARGE_STORE_BYTES : STORE_BYTES;
  // What is mined is mined before the load as far as memory reaches.
  const most = isMined ? Number.POSITIVE_INFINITY : MOST_SLOTS;
  const fitting = Math.max(64, Math.min(most, Math.floor(bytes / slotBytes)));
  if (context.plan.load.model === 'closed') return fitting;
  const own = Math.ceil((streamOf(context.plan, name)?.total ?? 0) / context.shard.count) + 1;
  return Math.min(fitting, Math.max(64, own));
}

/** Nanoseconds after the start at which offering ends. */
export function endOffsetNs(plan: Plan): number {
  return plan.phases.at(-1)?.endNs ?? NS_PER_S;
}
