import { createRandom } from '../../base/random.ts';
import { createEventFrameWriter, type EventFrames, NO_TOPIC } from '../../corpus/event-frames.ts';
import { EventMix } from '../../corpus/event-mix.ts';
import { NonceTable } from '../../corpus/nonce-table.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { NONE } from '../../wire/pending-table.ts';
import type { Clients } from '../clients.ts';
import { allFates } from '../event-fate.ts';
import type { LoadModel } from '../load-model.ts';
import { seriesByRegion } from '../regional-series.ts';
import { clientsOf, modelOf, scheduleOf, slotsFor } from '../stream-of.ts';
import { type Claims, type CreatePart, IdlePart, type Prepared, type WorkerContext } from '../worker-part.ts';
import type { PublishedSort } from './event-books.ts';
import type { PublishPlan, SortPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { PublishWorkload } from './publish-workload.ts';
import { createReplayFrames } from './replay-frames.ts';
import { contentBytesOf, sizeRemark } from './sizes.ts';

/** Publishing in a worker: EVENT → OK. */
class PublishPart extends IdlePart {
  readonly #plan: PublishPlan;
  readonly #context: WorkerContext;
  #workload: PublishWorkload | null = null;

  constructor(plan: PublishPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override get streams(): readonly PublishWorkload[] {
    return this.#workload === null ? [] : [this.#workload];
  }

  override get senders(): readonly PublishWorkload[] {
    return this.streams;
  }

  override get claims(): Claims {
    return { subscriptions: [], oks: this.streams };
  }

  override async prepare(): Promise<Prepared> {
    this.#workload = createPublish(this.#plan, this.#context, await this.#frames());
    return { problems: [], tally: null, remarks: this.#remarks() };
  }

  override onConnectionClosed(connection: number): void {
    this.#workload?.onConnectionClosed(connection);
  }

  override onConnectionReopened(connection: number): void {
    this.#workload?.onConnectionReopened(connection);
  }

  override end(): void {
    this.#workload?.expireAll();
  }

  async #frames(): Promise<EventFrames> {
    const { replay, sorts } = this.#plan;
    const { plan, shared } = this.#context;
    if (replay !== null)
      return await createReplayFrames(this.#context, replay, shared.topicOf ?? (() => NO_TOPIC));
    const nonces = new NonceTable(plan.seed);
    const writers = sorts.map((sort) => ({ frames: this.#writer(sort, nonces), weight: sort.weight }));
    const [only, another] = writers;
    if (only !== undefined && another === undefined) return only.frames;
    return new EventMix(writers, createRandom(plan.seed, 'event-sorts').uint32());
  }

  #writer(sort: SortPlan, nonces: NonceTable): ReturnType<typeof createEventFrameWriter> {
    const { plan, runTag } = this.#context;
    const { kind, authors } = sort;
    const work = plan.fitted?.work ?? 0;
    const contentBytes = contentBytesOf(sort, plan.advertised, work);
    const { topics } = this.#plan;
    return createEventFrameWriter(
      { seed: plan.seed, authors, kind, contentBytes, topics, runTag, work },
      nonces,
    );
  }

  /** Said once, by the first worker. */
  #remarks(): readonly string[] {
    const { plan, shard } = this.#context;
    if (this.#plan.replay !== null || shard.index > 0) return [];
    return this.#plan.sorts.flatMap(
      (sort) => sizeRemark(sort, plan.advertised, plan.fitted?.work ?? 0) ?? [],
    );
  }
}

/** Memory for events that may have to be sent again: after an AUTH, or whatever was unanswered when a connection was lost. */
const KEPT_BYTES = { auth: 4 * 1024 * 1024, reconnect: 32 * 1024 * 1024 } as const;

function keptFor({ plan, connections }: WorkerContext): Pick<PublishOptions, 'mayNeedAgain' | 'keptBytes'> {
  return plan.connections.reconnect === null
    ? { mayNeedAgain: connections.mayDemandAuth, keptBytes: KEPT_BYTES.auth }
    : { mayNeedAgain: () => true, keptBytes: KEPT_BYTES.reconnect };
}

function createPublish(publish: PublishPlan, context: WorkerContext, frames: EventFrames): PublishWorkload {
  const { plan, shard, start, sink, series, cases, shared, connections } = context;
  const slotBytes = frames.maxFrameBytes;
  const isMined = (plan.fitted?.work ?? 0) > 0;
  const isSparse = publish.replay !== null || publish.sorts.length > 1;
  const slots = slotsFor(context, 'publish', { slotBytes, isSparse, isMined });
  const model = modelOf(context, 'publish', ownedConnections(publish.connections, shard));
  return new PublishWorkload({
    store: new FrameStore(slotBytes, slots),
    frames,
    schedule: scheduleOf(context, 'publish'),
    model,
    pick: pickOf(publish, context, model, frames),
    sorts: publishedSorts(publish, context),
    timeoutMs: publish.timeoutMs,
    start,
    sink,
    series,
    fate: allFates(shared.fates),
    cases,
    sendNow: connections.send,
    ...keptFor(context),
    isAway: connections.isAway,
  });
}

function publishedSorts(publish: PublishPlan, context: WorkerContext): readonly PublishedSort[] {
  const of = (name?: string): Omit<PublishedSort, 'kind'> => ({
    ackSeries: context.series.indexOf('ack_latency', name),
    ackIn: seriesByRegion(context, 'ack_latency', name),
  });
  if (publish.replay !== null) return [{ ...of(), kind: null }];
  return publish.sorts.map(({ name, kind }) => ({ ...of(name ?? undefined), kind }));
}

/** Sorts that share their connections are sent by whichever is due; others have connections of their own. */
function pickOf(
  { sorts }: PublishPlan,
  context: WorkerContext,
  model: LoadModel,
  frames: EventFrames,
): PublishOptions['pick'] {
  const firsts = sorts.map(({ connections }) => connections.first);
  if (new Set(firsts).size < 2) return () => model.pick();
  const clients = new Map<number, Clients>(
    sorts.map(({ connections }, index) => [
      connections.first,
      clientsOf(context, `publish/${index}`, ownedConnections(connections, context.shard)),
    ]),
  );
  return (number) => clients.get(firsts[frames.sortOf(number)] ?? 0)?.pick() ?? NONE;
}

export const createPublishPart: CreatePart<PublishPlan> = (plan, context) => new PublishPart(plan, context);
