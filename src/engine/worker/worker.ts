import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { buildSeriesTable, type SeriesTable } from '../../metric/series-table.ts';
import type { Plan, Shard } from '../../plan/plan.ts';
import { sourceAddressOf } from '../../plan/source-address.ts';
import { targetOf } from '../../plan/split.ts';
import { Outbox } from '../../wire/outbox.ts';
import { ConnectWorkload } from '../../workload/connect.ts';
import type { DeliveryTracker } from '../../workload/deliveries.ts';
import type { PublishWorkload } from '../../workload/publish.ts';
import type { QueryWorkload } from '../../workload/query.ts';
import type { ArrivalStream } from '../../workload/stream.ts';
import type { FromWorker } from '../messages.ts';
import { ClientHub } from './client-hub.ts';
import { Health } from './health.ts';
import { IntervalClock } from './interval-clock.ts';
import { LoadLoop } from './load-loop.ts';
import { loadCorpus, subscribeAll } from './preparation.ts';
import { runRamp, until } from './ramp.ts';
import { Recorder } from './recorder.ts';
import { type ReplyReceivers, ReplySorter } from './reply-sorter.ts';
import { SCHEDULERS } from './ticker.ts';
import { Verifier } from './verifier.ts';
import {
  createDeliveries,
  createPublish,
  createQuery,
  endOffsetNs,
  scheduleOf,
  streamOf,
  type WorkloadContext,
} from './workloads.ts';

export interface WorkerOptions {
  readonly plan: Plan;
  readonly shard: Shard;
  readonly runTag: string;
  readonly send: (message: FromWorker) => void;
}

const CONNECTING_EVERY_MS = 250;
const EXPIRE_EVERY_MS = 100;
const DRAINING_EVERY_MS = 500;
const CLOSE_GRACE_MS = 500;

/** One worker: carries out its shard of the plan, step by step as the coordinator says. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #series: SeriesTable;
  readonly #recorder: Recorder;
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
  #received_bytes = 0;
  #reported = { received: 0, sent: 0 };

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
      onSubscription: () => undefined,
      currentPhase: () => this.#currentPhase(),
    };
    this.#hub = this.#createHub();
    this.#context = this.#createContext();
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
    send({ type: 'connected', counts: this.#hub.counts });
  }

  /** Everything that must be there before the first arrival. */
  async prepare(startWallMs: number): Promise<void> {
    const { plan, send } = this.#options;
    const problems: string[] = [];
    this.#context.start.wallMs = startWallMs;
    const preparation = { context: this.#context, receivers: this.#receivers, send };
    if (this.#deliveries !== null) {
      const missing = await subscribeAll(preparation, this.#deliveries);
      if (missing > 0) problems.push(`${missing} live subscriptions could not be opened`);
    }
    const { pools, problem } = await loadCorpus(preparation);
    if (problem !== null) problems.push(problem);
    this.#query = createQuery(this.#context, pools);
    if (plan.publish !== null) this.#publish = createPublish(this.#context, plan.publish, this.#deliveries);
    this.#connectParts();
    // Without subscriptions and queries no event is ever received.
    if (plan.subscribe !== null || plan.query !== null) this.#receivers.verifier = this.#createVerifier();
    this.#publish?.sender.fillAhead();
    this.#query?.sender.fillAhead();
    send({ type: 'prepared', problems });
  }

  /** Offer the load from `startNs` on, drain, report. */
  async run(startNs: number, startWallMs: number): Promise<void> {
    const { plan, send } = this.#options;
    this.#context.start.monotonicNs = startNs;
    this.#context.start.wallMs = startWallMs;
    this.#isRunning = true;
    const loop = new LoadLoop({
      streams: this.#streams,
      flush: () => this.#outbox.flush(),
      scheduler: SCHEDULERS[plan.scheduler],
      clock: monotonicNs,
      endNs: startNs + endOffsetNs(plan),
      connections: this.#hub.counts.opened,
    });
    this.#loop = loop;
    const health = new Health(() => loop.spinNs);
    const clock = new IntervalClock(startNs, (index) => this.#sendInterval(index, health));
    const expiry = setInterval(() => this.#expire(), EXPIRE_EVERY_MS);
    if (this.#isStopped) loop.stop();
    await loop.run();
    await this.#drain();
    await this.#receivers.verifier?.end();
    clearInterval(expiry);
    this.#endAll();
    clock.stop();
    health.stop();
    send({ type: 'done', notices: this.#recorder.notices });
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
    this.#streams = [...owners, ...this.#createStorm()];
  }

  #createVerifier(): Verifier {
    return new Verifier({
      share: this.#options.plan.verifyShare,
      onVerified: (isValid) => {
        const phase = this.#currentPhase();
        this.#recorder.count(phase, 'events_verified');
        if (!isValid) this.#recorder.count(phase, 'events_invalid');
      },
    });
  }

  #createStorm(): ArrivalStream[] {
    const { plan } = this.#options;
    if (streamOf(plan, 'connect') === undefined) return [];
    const stream = new ConnectWorkload({
      schedule: scheduleOf(this.#context, 'connect'),
      start: this.#context.start,
      open: (number, scheduledNs) => this.#hub.open(plan.connections.count + number, scheduledNs),
      opening: () => this.#hub.opening,
    });
    return [stream];
  }

  async #drain(): Promise<void> {
    const { plan, send } = this.#options;
    const deadlineNs = monotonicNs() + plan.drainMs * NS_PER_MS;
    const timer = setInterval(() => send({ type: 'draining', pending: this.#pending() }), DRAINING_EVERY_MS);
    await until(() => this.#pending() === 0 && (this.#deliveries?.incomplete ?? 0) === 0, deadlineNs);
    clearInterval(timer);
  }

  #pending(): number {
    return this.#streams.reduce((sum, stream) => sum + stream.pending + stream.unwritten, 0);
  }

  #expire(): void {
    const nowNs = monotonicNs();
    for (const stream of this.#streams) stream.expire(nowNs);
    this.#loop?.poke();
  }

  /** What has not ended by now ends as timeout or missing. */
  #endAll(): void {
    this.#publish?.expireAll();
    this.#query?.expireAll();
    this.#deliveries?.retireAll();
  }

  #sendInterval(index: number, health: Health): void {
    this.#countBytes();
    const dropped = this.#streams.reduce((sum, stream) => sum + stream.dropped, 0);
    this.#options.send({
      type: 'interval',
      interval: {
        index,
        samples: this.#recorder.takeSamples(),
        counters: this.#recorder.counters(),
        connections: this.#hub.counts,
        dropped,
        health: health.take(),
      },
    });
  }

  #countBytes(): void {
    const sent = this.#outbox.bytesWritten;
    this.#recorder.count(
      this.#recorder.outside,
      'bytes_received',
      this.#received_bytes - this.#reported.received,
    );
    this.#recorder.count(this.#recorder.outside, 'bytes_sent', sent - this.#reported.sent);
    this.#reported = { received: this.#received_bytes, sent };
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
      sendNow: (connection, frame) => this.#hub.send(connection, frame),
      endNs: () => start.monotonicNs + endOffsetNs(plan),
      onCredit: () => this.#loop?.poke(),
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
      onFailed: (reason) => this.#recorder.countWord(this.#currentPhase(), 'connection_errors', reason),
      onDropped: (connection, code) => this.#dropped(connection, code),
      onReceived: (bytes) => {
        this.#received_bytes += bytes;
      },
    });
  }

  #dropped(connection: number, code: number): void {
    this.#recorder.countWord(this.#currentPhase(), 'close_codes', String(code));
    this.#publish?.onConnectionClosed(connection);
    this.#query?.onConnectionClosed(connection);
    this.#deliveries?.onUnsubscribed(connection);
  }
}
