import { monotonicNs } from '../../base/clock.ts';
import { topicTag } from '../../corpus/marker.ts';
import { finding } from '../../judge/observations.ts';
import type { CounterMetric } from '../../metric/counters.ts';
import { AUTH_REQUIRED, type Held } from '../../nostr/auth-state.ts';
import { BARE } from '../../wire/subscription-id.ts';
import { OpeningInTurn } from '../opening-in-turn.ts';
import { firstOpenedBy } from '../stream-of.ts';
import { recogniseByMarker } from '../subscribe/recognise.ts';
import { type OnSubscription, requestOn, subscribeAll } from '../subscribe/subscribe-all.ts';
import {
  type Claims,
  type CreatePart,
  IdlePart,
  type Prepared,
  type SubscriptionOwner,
  type WorkerContext,
} from '../worker-part.ts';
import { PacedReader } from './paced-reader.ts';
import type { SlowReaderPlan } from './plan.ts';
import { SlowDeliveries } from './slow-deliveries.ts';

/** The live subscription of a slow reader. */
const SLOW_SUBSCRIPTION = 'w';
/** Deliveries that are remembered, over all readers of a worker. */
const MOST_REMEMBERED = 1_000_000;
const LEAST_EVENTS = 1_000;

interface Reader {
  readonly topic: number;
  readonly pace: PacedReader;
  isLive: boolean;
}

/** Clients that read slowly, in a worker: what comes to them, and what the relay does to them. */
class SlowReaderPart extends IdlePart implements SubscriptionOwner {
  readonly #plan: SlowReaderPlan;
  readonly #context: WorkerContext;
  readonly #readers: ReadonlyMap<number, Reader>;
  readonly #deliveries: SlowDeliveries;
  readonly #opening: OpeningInTurn;
  #onSubscription: OnSubscription = () => undefined;
  #isLoaded = false;

  constructor(plan: SlowReaderPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
    this.#readers = new Map(
      this.#numbers().map(([connection, topic]) => [connection, this.#reader(connection, topic)]),
    );
    const { start, sink, series, runTag } = context;
    this.#deliveries = new SlowDeliveries({
      recogniser: recogniseByMarker(runTag, plan.topics),
      start,
      sink,
      series: series.indexOf('slow_delivery_latency'),
      most: Math.max(LEAST_EVENTS, Math.floor(MOST_REMEMBERED / Math.max(1, this.#readers.size))),
    });
    this.#opening = new OpeningInTurn({
      connections: [...this.#readers.keys()],
      rate_per_s: context.plan.connections.rate_per_s / context.shard.count,
      open: context.connections.open,
    });
  }

  override get claims(): Claims {
    return { subscriptions: [{ letter: SLOW_SUBSCRIPTION, isNumbered: false, owner: this }], oks: [] };
  }

  override get incomplete(): number {
    return this.#deliveries.incomplete;
  }

  override async prepare(): Promise<Prepared> {
    await this.#opening.run();
    this.#context.shared.fates.push(this.#deliveries);
    const tally = await subscribeAll(this.#context, {
      connections: [...this.#readers.keys()],
      requestOf: (connection) => this.#requestOf(connection),
      listen: (onSubscription) => {
        this.#onSubscription = onSubscription;
      },
    });
    return { problems: [], tally };
  }

  override started(): void {
    this.#isLoaded = true;
    for (const { isLive } of this.#readers.values()) if (isLive) this.#count('slow_readers');
  }

  /** After the load they read all that the relay has kept for them. */
  override tick(nowNs: number): void {
    if (this.#isSlowAt(nowNs)) return;
    for (const { pace } of this.#readers.values()) pace.release();
  }

  onEvent(connection: number, _sequence: number, frame: Buffer): boolean {
    const reader = this.#readers.get(connection);
    if (reader === undefined) return false;
    const nowNs = monotonicNs();
    if (this.#isLoaded && nowNs < this.#context.endNs())
      this.#context.sink.count(this.#context.currentPhase(), 'slow_bytes_read', frame.length);
    if (this.#isSlowAt(nowNs)) reader.pace.took(frame.length);
    return this.#deliveries.onEvent(connection, reader.topic, frame);
  }

  onEose(connection: number): boolean {
    const reader = this.#readers.get(connection);
    if (reader === undefined || reader.isLive) return false;
    reader.isLive = true;
    this.#deliveries.onSubscribed(connection, reader.topic);
    this.#onSubscription(connection, null);
    return true;
  }

  onClosed(connection: number, _sequence: number, prefix: string): boolean {
    const reader = this.#readers.get(connection);
    if (reader === undefined) return false;
    if (this.#lose(connection, reader)) this.#count('slow_readers_unsubscribed');
    this.#onSubscription(connection, prefix);
    return true;
  }

  hold(connection: number): Held | null {
    if (!this.#readers.has(connection)) return null;
    return {
      again: () => {
        this.#context.connections.send(connection, this.#requestOf(connection));
        this.#count('subscriptions_retried_after_auth');
      },
      refuse: () => void this.onClosed(connection, BARE, AUTH_REQUIRED),
    };
  }

  override onConnectionOpened(connection: number): void {
    this.#opening.ended(connection);
  }

  override onConnectionFailed(connection: number): void {
    this.#opening.ended(connection);
  }

  /** Who does not read may be closed: nobody has promised to keep everything for it. */
  override mayDrop(connection: number, code: number): boolean {
    if (!this.#isLoaded || !this.#readers.has(connection)) return false;
    this.#context.sink.countWord(this.#context.currentPhase(), 'slow_reader_closes', String(code));
    return true;
  }

  override onConnectionClosed(connection: number): void {
    const reader = this.#readers.get(connection);
    if (reader === undefined) return;
    reader.pace.stop();
    if (this.#lose(connection, reader) && this.#isLoaded) this.#count('slow_readers_closed');
  }

  override end(): void {
    for (const { pace, isLive } of this.#readers.values()) {
      pace.stop();
      if (isLive) this.#count('slow_readers_kept');
    }
    const behind = this.#deliveries.settleAll();
    if (behind > 0) this.#context.onFinding(finding('slow-readers-behind', behind));
  }

  /** @returns whether it was subscribed until now */
  #lose(connection: number, reader: Reader): boolean {
    if (!reader.isLive) return false;
    reader.isLive = false;
    this.#deliveries.onReaderGone(connection);
    if (this.#isLoaded) this.#context.onFinding(finding('slow-readers-closed'));
    return true;
  }

  /** The phases in which they read slowly; none once the load is over. */
  #isSlowAt(nowNs: number): boolean {
    const { plan, start, endNs } = this.#context;
    if (!this.#isLoaded || nowNs < start.monotonicNs || nowNs >= endNs()) return false;
    const { during } = this.#plan;
    const offsetNs = nowNs - start.monotonicNs;
    const phase = plan.phases.find(({ endNs: phaseEndNs }) => offsetNs < phaseEndNs);
    return phase !== undefined && (during === null || during.includes(phase.name));
  }

  /** Reader k has topic k mod topics, and lives where that is published. */
  #numbers(): readonly (readonly [connection: number, topic: number])[] {
    const { plan, shard } = this.#context;
    const first = firstOpenedBy(plan, 'slow-reader');
    const { readers, topics } = this.#plan;
    const all = Array.from({ length: readers }, (_, k) => [first + k, k % topics] as const);
    return all.filter((_, k) => k % shard.count === shard.index);
  }

  #reader(connection: number, topic: number): Reader {
    const { connections } = this.#context;
    const pace = new PacedReader({
      bytes_per_s: this.#plan.bytes_per_s,
      pause: () => connections.pause(connection),
      resume: () => connections.resume(connection),
      now: monotonicNs,
    });
    return { topic, pace, isLive: false };
  }

  /** Nothing stored matches it: the run tag is new. */
  #requestOf(connection: number): Buffer {
    const { plan, runTag } = this.#context;
    const topic = topicTag(runTag, this.#readers.get(connection)?.topic ?? 0);
    return requestOn(SLOW_SUBSCRIPTION, { kinds: [plan.corpus.notes.kind], '#t': [topic] });
  }

  #count(counter: CounterMetric): void {
    this.#context.sink.count(this.#context.currentPhase(), counter);
  }
}

export const createSlowReaderPart: CreatePart<SlowReaderPlan> = (plan, context) =>
  new SlowReaderPart(plan, context);
