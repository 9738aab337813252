import { monotonicNs } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import { topicTag } from '../../corpus/marker.ts';
import { fullAnswer } from '../../judge/advertised.ts';
import { AUTH_REQUIRED, type Held } from '../../nostr/auth-state.ts';
import type { Filter } from '../../nostr/filter.ts';
import { kindClass } from '../../nostr/kinds.ts';
import type { Plan } from '../../plan/plan.ts';
import { ownedConnections, subscriberOf, topicOfSubscriber } from '../../plan/split.ts';
import { BARE } from '../../wire/subscription-id.ts';
import { seriesByRegion } from '../regional-series.ts';
import { highestLevel, streamOf } from '../stream-of.ts';
import {
  type Claims,
  type CreatePart,
  IdlePart,
  type Prepared,
  type SubscriptionOwner,
  type WorkerContext,
} from '../worker-part.ts';
import { DeliveryTracker } from './deliveries.ts';
import { type Following, followAuthors } from './following.ts';
import { Gaps } from './gaps.ts';
import { LIVE_SUBSCRIPTION } from './live-subscription.ts';
import type { SubscribePlan } from './plan.ts';
import { recogniseById, recogniseByMarker } from './recognise.ts';
import { isFinal, Reopening } from './reopening.ts';
import { liveRequest, type OnSubscription, subscribeAll } from './subscribe-all.ts';
import type { Subscriber } from './subscribers.ts';

/** At least how long an event may be under way to a subscriber, before the drain. */
const DELIVERY_WINDOW_S = 10;

/** Live subscriptions in a worker: EVENT at subscribers. */
class SubscribePart extends IdlePart implements SubscriptionOwner {
  readonly #context: WorkerContext;
  readonly #subscribers: readonly Subscriber[];
  readonly #topicOf: ReadonlyMap<number, number>;
  readonly #tracker: DeliveryTracker;
  readonly #reopening: Reopening;
  /** Null where a lost connection stays lost. */
  readonly #gaps: Gaps | null;
  /** Connections whose subscription is to be live: asked for, and not ended for good. */
  readonly #wanted = new Set<number>();
  #onSubscription: OnSubscription = () => undefined;
  /** Of a topic, once it is known. */
  #filterOf: (topic: number) => Filter = () => ({});

  constructor(plan: SubscribePlan, context: WorkerContext) {
    super();
    this.#context = context;
    this.#subscribers = ownedConnections(plan.connections, context.shard).map((connection) => ({
      connection,
      topic: topicOfSubscriber(subscriberOf(plan, connection), plan.topics),
    }));
    this.#reopening = new Reopening({
      reopen: (connection) => this.#open(connection, 'subscriptions_reopened'),
      draw: createRandom(context.plan.seed, `reopening-${context.shard.index}`).next,
    });
    this.#topicOf = new Map(this.#subscribers.map(({ connection, topic }) => [connection, topic]));
    this.#gaps = createGaps(context);
    this.#tracker = createTracker(plan, context, { subscribers: this.#subscribers, gaps: this.#gaps });
  }

  override get claims(): Claims {
    return { subscriptions: [{ letter: LIVE_SUBSCRIPTION, isNumbered: false, owner: this }], oks: [] };
  }

  override get incomplete(): number {
    return this.#tracker.incomplete;
  }

  override async prepare(): Promise<Prepared> {
    const { shared } = this.#context;
    const following = await this.#follow();
    shared.topicOf = following?.topicOf ?? null;
    shared.fates.push(this.#tracker);
    const filterOf = following?.filterOf ?? ((topic: number) => this.#liveFilter(topic));
    this.#tracker.useFilters(filterOf);
    this.#filterOf = filterOf;
    for (const { connection } of this.#subscribers) this.#wanted.add(connection);
    const tally = await subscribeAll(this.#context, {
      connections: this.#subscribers.map(({ connection }) => connection),
      requestOf: (connection) => liveRequest(filterOf(this.#topicOf.get(connection) ?? 0)),
      listen: (onSubscription) => {
        this.#onSubscription = onSubscription;
      },
    });
    return { problems: [], tally };
  }

  onEvent(connection: number, _sequence: number, frame: Buffer): boolean {
    return this.#tracker.onLiveEvent(connection, frame);
  }

  onEose(connection: number): boolean {
    if (!this.#tracker.isSubscriber(connection) || this.#tracker.isLive(connection)) return false;
    this.#tracker.onSubscribed(connection);
    this.#gaps?.onLive(connection);
    this.#onSubscription(connection, null);
    this.#context.connections.restored(connection);
    return true;
  }

  onClosed(connection: number, _sequence: number, prefix: string): boolean {
    if (!this.#tracker.isSubscriber(connection)) return false;
    const { sink, currentPhase } = this.#context;
    sink.count(currentPhase(), 'subscriptions_closed');
    // One that never was live was refused; one that was, and is asked for once more, may be refused for a while.
    const wasLive = this.#tracker.isLive(connection) || this.#isResubscribing(connection);
    if (wasLive) this.#reopening.onEnded(connection, prefix);
    if (!wasLive || isFinal(prefix)) this.#wanted.delete(connection);
    this.#tracker.onUnsubscribed(connection);
    this.#onSubscription(connection, prefix);
    return true;
  }

  hold(connection: number): Held | null {
    if (!this.#tracker.isSubscriber(connection)) return null;
    this.#tracker.onUnsubscribed(connection);
    return {
      again: () => this.#open(connection, 'subscriptions_retried_after_auth'),
      refuse: () => void this.onClosed(connection, BARE, AUTH_REQUIRED),
    };
  }

  #open(connection: number, counter: OpenedAgain): void {
    const { sink, currentPhase, connections } = this.#context;
    if (!connections.isOpen(connection)) return;
    const filter = this.#filterOf(this.#topicOf.get(connection) ?? 0);
    const filters = this.#gaps?.filtersFor(connection, filter) ?? [filter];
    connections.send(connection, liveRequest(...filters));
    sink.count(currentPhase(), counter);
  }

  override onConnectionClosed(connection: number): void {
    this.#reopening.forget(connection);
    this.#tracker.onUnsubscribed(connection);
    if (this.#wanted.has(connection)) this.#gaps?.onLost(connection);
  }

  override onConnectionReopened(connection: number): void {
    if (this.#wanted.has(connection)) this.#open(connection, 'subscriptions_resubscribed');
  }

  override isRestored(connection: number): boolean {
    return !this.#wanted.has(connection) || this.#tracker.isLive(connection);
  }

  #isResubscribing(connection: number): boolean {
    return this.#wanted.has(connection) && this.#gaps?.isOpenGap(connection) === true;
  }

  override end(): void {
    this.#reopening.stop();
    this.#tracker.retireAll();
  }

  /** Subscribers of a named corpus follow its authors. */
  async #follow(): Promise<Following | null> {
    const { corpus, workloads } = this.#context.plan;
    const file = corpus.named?.file ?? null;
    if (file === null || workloads.subscribe === undefined) return null;
    return await followAuthors(file, workloads.publish?.replay?.first ?? 0, workloads.subscribe.topics);
  }

  /** The filter of a live subscription to one topic: nothing stored matches it, the run tag is new. */
  #liveFilter(topic: number): Filter {
    const { plan, runTag } = this.#context;
    const kinds = plan.workloads.publish?.sorts.map(({ kind }) => kind) ?? [plan.corpus.notes.kind];
    return { kinds: [...new Set(kinds)], '#t': [topicTag(runTag, topic)] };
  }
}

type OpenedAgain =
  | 'subscriptions_retried_after_auth'
  | 'subscriptions_reopened'
  | 'subscriptions_resubscribed';

function createGaps({ plan }: WorkerContext): Gaps | null {
  if (plan.connections.reconnect === null) return null;
  const { publish } = plan.workloads;
  return new Gaps({
    nowNs: monotonicNs,
    now_s: () => Math.floor(Date.now() / 1_000),
    fullAnswer: fullAnswer({}, plan.advertised),
    isKept: publish?.replay === null && publish.sorts.every(({ kind }) => kindClass(kind) === 'regular'),
  });
}

function createTracker(
  { topics }: SubscribePlan,
  context: WorkerContext,
  { subscribers, gaps }: { readonly subscribers: readonly Subscriber[]; readonly gaps: Gaps | null },
): DeliveryTracker {
  const { plan, shard, runTag, start, sink, series, connections, currentPhase, cases } = context;
  const { publish } = plan.workloads;
  const rate_per_s = streamOf(plan, 'publish')?.rate_per_s ?? 0;
  return new DeliveryTracker(
    {
      recogniser: publish?.replay == null ? recogniseByMarker(runTag, topics) : recogniseById(),
      subscribers,
      events_per_s:
        plan.load.model === 'closed'
          ? Number.POSITIVE_INFINITY
          : (rate_per_s * highestLevel(plan)) / shard.count,
      window_s: windowOf(plan),
      start,
      sink,
      series,
      deliveryIn: seriesByRegion(context, 'delivery_latency'),
      relayOf: connections.relayOf,
      currentPhase,
      cases,
      gaps,
    },
    shard.count,
  );
}

/** How long an event may be under way, in seconds; clients that are away get it when they are back. */
function windowOf({ workloads: { publish }, connections: { reconnect }, drainMs }: Plan): number {
  const away_s = reconnect === null ? 0 : (2 * reconnect.longestMs) / 1_000;
  return Math.max(DELIVERY_WINDOW_S, (publish?.timeoutMs ?? 0) / 1_000) + drainMs / 1_000 + away_s;
}

export const createSubscribePart: CreatePart<SubscribePlan> = (plan, context) =>
  new SubscribePart(plan, context);
