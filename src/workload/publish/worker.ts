import { createEventFrameWriter, type EventFrames, NO_TOPIC } from '../../corpus/event-frames.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { allFates } from '../event-fate.ts';
import { modelOf, scheduleOf, slotsFor } from '../stream-of.ts';
import { type Claims, type CreatePart, IdlePart, type Prepared, type WorkerContext } from '../worker-part.ts';
import type { PublishPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { PublishWorkload } from './publish-workload.ts';
import { createReplayFrames } from './replay-frames.ts';

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
    return { problems: [], tally: null };
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
    const { replay, authors, kind, contentBytes, topics } = this.#plan;
    const { plan, runTag, shared } = this.#context;
    if (replay !== null)
      return await createReplayFrames(this.#context, replay, shared.topicOf ?? (() => NO_TOPIC));
    const work = plan.fitted?.work ?? 0;
    return createEventFrameWriter({ seed: plan.seed, authors, kind, contentBytes, topics, runTag, work });
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
  const slots = slotsFor(context, 'publish', { slotBytes, isSparse: publish.replay !== null, isMined });
  return new PublishWorkload({
    store: new FrameStore(slotBytes, slots),
    frames,
    schedule: scheduleOf(context, 'publish'),
    model: modelOf(context, 'publish', ownedConnections(publish.connections, shard)),
    timeoutMs: publish.timeoutMs,
    start,
    sink,
    series,
    fate: allFates(shared.fates),
    kind: publish.replay === null ? publish.kind : null,
    cases,
    sendNow: connections.send,
    ...keptFor(context),
    isAway: connections.isAway,
  });
}

export const createPublishPart: CreatePart<PublishPlan> = (plan, context) => new PublishPart(plan, context);
