import { afterPoll } from '../../base/after-poll.ts';
import { monotonicNs } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { buildSeriesTable, type SeriesTable } from '../../metric/series-table.ts';
import { sourceAddressOf } from '../../plan/source-address.ts';
import { targetOf } from '../../plan/split.ts';
import { Outbox } from '../../wire/outbox.ts';
import type { DeliveryTracker } from '../../workload/deliveries.ts';
import { allFates } from '../../workload/event-fate.ts';
import type { PublishWorkload } from '../../workload/publish.ts';
import type { QueryWorkload } from '../../workload/query.ts';
import type { ArrivalStream } from '../../workload/stream.ts';
import type { FromWorker, ToWorker } from '../messages.ts';
import { NOTHING_ASKED } from '../preparation-tally.ts';
import { createAcknowledgedLog } from './acknowledged-log.ts';
import { ClientHub } from './client-hub.ts';
import { drain } from './drain.ts';
import { fillAhead } from './fill-ahead.ts';
import { Health } from './health.ts';
import { IntervalClock } from './interval-clock.ts';
import { LoadLoop } from './load-loop.ts';
import { subscribeAll } from './preparation.ts';
import { type PreparedCorpus, prepareCorpus } from './prepare-corpus.ts';
import { runRamp } from './ramp.ts';
import { Recorder } from './recorder.ts';
import { RelayObserver } from './relay-observer.ts';
import { type ReplyReceivers, ReplySorter } from './reply-sorter.ts';
import { TICKERS } from './ticker.ts';
import { Traffic } from './traffic.ts';
import { createVerifier } from './verifier.ts';
import {
  createDeliveries,
  createPublish,
  createQuery,
  createStorm,
  endOffsetNs,
  type WorkloadContext,
} from './workloads.ts';

export interface WorkerOptions extends Omit<Extract<ToWorker, { type: 'init' }>, 'type'> {
  readonly send: (message: FromWorker) => void;
}

type GoMessage = Extract<ToWorker, { type: 'go' }>;

const CONNECTING_EVERY_MS = 250;
const EXPIRE_EVERY_MS = 100;
const CLOSE_GRACE_MS = 500;

/** One worker: carries out its shard of the plan, step by step as the coordinator says. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #series: SeriesTable;
  readonly #recorder: Recorder;
  readonly #observer: RelayObserver;
  readonly #outbox = new Outbox();
  readonly #hub: ClientHub;
  readonly #receivers: ReplyReceivers;
  readonly #context: WorkloadContext;
  readonly #deliveries: DeliveryTracker | null;
  #publish: PublishWorkload | null = null;
  #query: QueryWorkload | null = null;
  #streams: ArrivalStream[] = [];
  #loop: LoadLoop | null = null;
  #isRunning = false;
  #isStopped = false;
  readonly #traffic = new Traffic();
  #corpus: PreparedCorpus | null = null;
  #exhaustedNs: number | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { plan } = options;
    this.#series = buildSeriesTable(plan.latencies, plan.query?.filters.map((filter) => filter.name) ?? []);
    this.#recorder = new Recorder(plan.phases, this.#series);
    this.#receivers = {
      publish: null,
      query: null,
      deliveries: null,
      corpus: null,
      verifier: null,
      acknowledged: createAcknowledgedLog(options),
      onSubscription: () => undefined,
      currentPhase: () => this.#currentPhase(),
    };
    this.#hub = this.#createHub();
    this.#context = this.#createContext();
    this.#observer = new RelayObserver({
      sink: this.#recorder,
      start: this.#context.start,
      now: monotonicNs,
      currentPhase: this.#context.currentPhase,
    });
    this.#deliveries = createDeliveries(this.#context);
    this.#receivers.deliveries = this.#deliveries;
  }

  /** The ramp: open the connections of this shard. */
  async connect(startNs: number): Promise<void> {
    const { plan, shard, send } = this.#options;
    const timer = setInterval(
      () => send({ type: 'connecting', counts: this.#hub.counts }),
      CONNECTING_EVERY_MS,
    );
    await runRamp(plan, shard, startNs, this.#hub);
    clearInterval(timer);
    send({ type: 'connected', counts: this.#hub.counts, refusals: this.#recorder.refusals });
  }

  /** Everything that must be there before the first arrival. */
  async prepare(startWallMs: number): Promise<void> {
    const { plan, send } = this.#options;
    this.#context.start.wallMs = startWallMs;
    const preparation = { context: this.#context, receivers: this.#receivers, send };
    const corpus = await prepareCorpus(preparation, this.#observer);
    this.#corpus = corpus;
    const subscribing =
      this.#deliveries === null
        ? NOTHING_ASKED
        : await subscribeAll(preparation, this.#deliveries, corpus.filterOf);
    this.#query = createQuery(this.#context, corpus);
    if (plan.publish !== null && corpus.frames !== null) {
      const fate = allFates([this.#deliveries, corpus.published].filter((each) => each !== null));
      this.#publish = createPublish(this.#context, plan.publish, corpus.frames, fate);
    }
    this.#connectParts();
    this.#receivers.verifier = createVerifier(plan, (outcome, event) =>
      this.#observer.verified(outcome, event),
    );
    await fillAhead([this.#publish, this.#query], send);
    const { problems, remarks, stored, storing } = corpus;
    const counters = this.#recorder.counters();
    send({ type: 'prepared', problems, remarks, stored, storing, subscribing, counters });
  }

  /** Offer the load from `startNs` on, drain, report. */
  async run({ startNs, startWallMs, stored }: GoMessage): Promise<void> {
    const { plan, send } = this.#options;
    this.#corpus?.tell(stored);
    this.#context.start.monotonicNs = startNs;
    this.#context.start.wallMs = startWallMs;
    this.#isRunning = true;
    const loop = new LoadLoop({
      streams: this.#streams,
      flush: () => this.#outbox.flush(),
      createTicker: TICKERS[plan.scheduler],
      clock: monotonicNs,
      endNs: startNs + endOffsetNs(plan),
      connections: this.#hub.counts.opened,
      catchUp: plan.catchUp,
    });
    this.#loop = loop;
    const health = new Health(
      () => loop.spinNs,
      () => this.#pending(),
    );
    const clock = new IntervalClock(startNs, (index) => this.#sendInterval(index, health));
    const expiry = setInterval(() => this.#expire(), EXPIRE_EVERY_MS);
    if (this.#isStopped) loop.stop();
    await loop.run();
    await drain(plan, {
      pending: () => this.#pending(),
      incomplete: () => this.#deliveries?.incomplete ?? 0,
      onPending: (pending) => send({ type: 'draining', pending }),
    });
    await Promise.all([this.#receivers.verifier?.end(), this.#corpus?.end()]);
    clearInterval(expiry);
    this.#endAll();
    this.#receivers.acknowledged?.flush();
    clock.stop();
    health.stop();
    const { notices, refusals } = this.#recorder;
    const { observations } = this.#observer;
    send({ type: 'done', notices, refusals, exhaustedNs: this.#exhaustedNs, observations });
    await this.#hub.closeAll(CLOSE_GRACE_MS);
  }

  /** Stop offering; {@link run} then drains and ends. */
  stop(): void {
    this.#isStopped = true;
    this.#loop?.stop();
  }

  #connectParts(): void {
    const owners = [this.#publish, this.#query].filter((owner) => owner !== null);
    this.#outbox.setOwners(owners);
    for (const [index, owner] of owners.entries()) owner.sender.attach(this.#outbox, index);
    this.#receivers.publish = this.#publish;
    this.#receivers.query = this.#query;
    this.#streams = [...owners, ...createStorm(this.#context, this.#hub)];
  }

  #pending(): number {
    return this.#streams.reduce((sum, stream) => sum + stream.pending + stream.unwritten, 0);
  }

  #expire(): void {
    const nowNs = monotonicNs();
    afterPoll(() => {
      for (const stream of this.#streams) stream.expire(nowNs);
      this.#corpus?.published?.mark(nowNs);
      this.#onCredit();
    });
  }

  /** An operation has ended, or lines of the corpus have come. */
  #onCredit(): void {
    this.#loop?.poke();
    if (this.#options.plan.load.model === 'open' || this.#publish?.isOver !== true) return;
    this.#exhaustedNs ??= monotonicNs() - this.#context.start.monotonicNs;
    this.#loop?.stop();
  }

  /** Every arrival has a fate now: what was not written never will be, what has not ended is a timeout or missing. */
  #endAll(): void {
    this.#outbox.giveUpAll();
    // What had not come up when the run was stopped was never offered.
    if (!this.#isStopped) for (const owner of [this.#publish, this.#query]) owner?.sender.dropRest();
    this.#publish?.expireAll();
    this.#query?.expireAll();
    this.#deliveries?.retireAll();
  }

  #sendInterval(index: number, health: Health): void {
    this.#traffic.report(this.#recorder, this.#outbox.bytesWritten);
    this.#options.send({
      type: 'interval',
      interval: {
        index,
        ...this.#recorder.take(),
        counters: this.#recorder.counters(),
        connections: this.#hub.counts,
        health: health.take(),
      },
    });
  }

  #currentPhase(): number {
    return this.#isRunning
      ? this.#recorder.phaseOf(monotonicNs() - this.#context.start.monotonicNs)
      : this.#recorder.outside;
  }

  #createContext(): WorkloadContext {
    const { plan, shard, runTag } = this.#options;
    const start = { monotonicNs: 0, wallMs: 0 };
    return {
      plan,
      shard,
      runTag,
      start,
      sink: this.#recorder,
      series: this.#series,
      isOpen: (connection) => this.#hub.isOpen(connection),
      relayOf: (connection) => this.#hub.relayOf(connection),
      currentPhase: () => this.#currentPhase(),
      cases: {
        wants: (counter) => this.#observer.wants(counter),
        add: (...one) => this.#observer.add(...one),
      },
      sendNow: (connection, frame) => this.#hub.send(connection, frame),
      endNs: () => start.monotonicNs + endOffsetNs(plan),
      onCredit: () => this.#onCredit(),
      fail: (error) => this.#options.send({ type: 'failed', message: messageOf(error) }),
    };
  }

  #createHub(): ClientHub {
    const { plan } = this.#options;
    const series = this.#series.indexOf('connect_latency');
    return new ClientHub({
      urlOf: (connection) => plan.targets[targetOf(plan, connection)] as string,
      sourceOf: (connection) => sourceAddressOf(plan, connection),
      timeoutMs: plan.connections.timeoutMs,
      insecure: plan.connections.insecure,
      transport: plan.connections.transport,
      outbox: this.#outbox,
      replies: new ReplySorter(this.#receivers, this.#recorder),
      onOpened: (connection, scheduledNs, openedNs) => {
        const isRamp = connection.number < plan.connections.count;
        const phase = isRamp
          ? this.#recorder.outside
          : this.#recorder.phaseOf(scheduledNs - this.#context.start.monotonicNs);
        this.#recorder.latency(series, phase, scheduledNs, openedNs);
        this.#recorder.latency(series + 1, phase, connection.startedNs, openedNs);
      },
      onFailed: (...why) => this.#recorder.connectionFailed(this.#currentPhase(), ...why),
      onDropped: (connection, code) => this.#dropped(connection, code),
      onReceived: (bytes) => this.#traffic.received(bytes),
    });
  }

  #dropped(connection: number, code: number): void {
    this.#observer.connectionLost(connection, code);
    this.#publish?.onConnectionClosed(connection);
    this.#query?.onConnectionClosed(connection);
    this.#deliveries?.onUnsubscribed(connection);
  }
}
