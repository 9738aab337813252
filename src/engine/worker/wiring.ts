import { monotonicNs, NS_PER_S } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { ClientSigner } from '../../corpus/client-signer.ts';
import { knowsAuthentication } from '../../judge/advertised.ts';
import { buildSeriesTable, type SeriesTable } from '../../metric/series-table.ts';
import { relayTagOf } from '../../nostr/nip42.ts';
import { receivesEvents } from '../../plan/each-workload.ts';
import type { Plan } from '../../plan/plan.ts';
import { sourceAddressOf } from '../../plan/source-address.ts';
import { targetOf } from '../../plan/split.ts';
import type { Connection } from '../../wire/connection.ts';
import { Outbox } from '../../wire/outbox.ts';
import type { StartTime, WorkerContext } from '../../workload/worker-part.ts';
import type { FromWorker, ToWorker } from '../messages.ts';
import { Authentication } from './authentication.ts';
import { ClientHub } from './client-hub.ts';
import { createHistoryLog, type HistoryLog } from './history-log.ts';
import { MomentCounts } from './moment-counts.ts';
import { Parts } from './parts.ts';
import { Reconnecting } from './reconnecting.ts';
import { Recorder } from './recorder.ts';
import { RelayObserver } from './relay-observer.ts';
import { ReplySorter } from './reply-sorter.ts';
import { Traffic } from './traffic.ts';
import { Verifier } from './verifier.ts';

export interface WorkerOptions extends Omit<Extract<ToWorker, { type: 'init' }>, 'type'> {
  readonly send: (message: FromWorker) => void;
}

/** Who does what in a worker and who talks to whom: built once, before anything happens. */
export class Wiring {
  readonly outbox: Outbox;
  readonly traffic: Traffic;
  readonly recorder: Recorder;
  readonly observer: RelayObserver;
  /** Null where nobody asks for it. */
  readonly history: HistoryLog | null;
  readonly authentication: Authentication;
  /** Null where a lost connection stays lost. */
  readonly reconnecting: Reconnecting | null;
  readonly sorter: ReplySorter;
  readonly hub: ClientHub;
  readonly context: WorkerContext;
  readonly parts: Parts;
  readonly #options: WorkerOptions;
  readonly #series: SeriesTable;
  readonly #start: StartTime = { monotonicNs: 0, wallMs: 0 };
  /** Connections of streams that hold theirs to the end. */
  readonly #held = new Set<number>();
  #isRunning = false;

  /** @param onCredit an operation has ended, or lines of the corpus have come */
  constructor(options: WorkerOptions, onCredit: () => void) {
    const { plan } = options;
    const currentPhase = (): number => this.#currentPhase();
    this.#options = options;
    this.traffic = new Traffic(plan.connections.compression);
    this.outbox = new Outbox(this.traffic.compression);
    this.#series = buildSeriesTable(plan.latencies, plan.labels);
    const moments = plan.faults.length === 0 ? null : new MomentCounts(() => this.#start.monotonicNs);
    this.recorder = new Recorder(plan.phases, this.#series, moments);
    this.observer = new RelayObserver({
      sink: this.recorder,
      start: this.#start,
      now: monotonicNs,
      currentPhase,
    });
    this.authentication = this.#createAuthentication();
    this.reconnecting = this.#createReconnecting();
    this.sorter = new ReplySorter({
      recorder: this.recorder,
      authentication: this.authentication,
      currentPhase,
    });
    this.hub = this.#createHub();
    this.history = createHistoryLog(options, {
      start: this.#start,
      relayOf: (connection) => this.hub.relayOf(connection),
    });
    this.context = this.#createContext(onCredit);
    this.parts = new Parts(this.context);
    this.sorter.use(this.parts.claims);
  }

  /** The expected start of the load. */
  expectStart(wallMs: number): void {
    this.#start.wallMs = wallMs;
  }

  /** The load starts at this moment. */
  start(monotonicNs: number, wallMs: number): void {
    this.#start.monotonicNs = monotonicNs;
    this.#start.wallMs = wallMs;
    this.#isRunning = true;
  }

  /** Replies reach who is prepared by now, and a sample of the events that come is verified. */
  connectReplies(): void {
    this.sorter.use(this.parts.claims);
    const { plan } = this.#options;
    if (!receivesEvents(plan)) return;
    this.sorter.verifier = new Verifier({
      share: plan.verifyShare,
      choice: plan.verifier,
      onVerified: (outcome, event) => this.observer.verified(outcome, event),
    });
  }

  #currentPhase(): number {
    return this.#isRunning
      ? this.recorder.phaseOf(monotonicNs() - this.#start.monotonicNs)
      : this.recorder.outside;
  }

  #createContext(onCredit: () => void): WorkerContext {
    const { plan, shard, runTag, send } = this.#options;
    const { hub, observer, authentication, reconnecting } = this;
    const isAway = (connection: number): boolean => reconnecting?.isAway(connection) === true;
    return {
      plan,
      shard,
      runTag,
      start: this.#start,
      sink: this.recorder,
      series: this.#series,
      cases: observer,
      onFinding: (finding) => observer.found(finding),
      connections: {
        isOpen: (connection) => hub.isOpen(connection),
        takes: (connection) => hub.isOpen(connection) || isAway(connection),
        isAway,
        restored: (connection) => reconnecting?.check(connection),
        relayOf: (connection) => hub.relayOf(connection),
        send: (connection, frame) => hub.send(connection, frame),
        open: (connection, scheduledNs, isHeld = false) => {
          if (isHeld) this.#held.add(connection);
          hub.open(connection, scheduledNs);
        },
        cut: (connection, backOff) => hub.cut(connection, backOff),
        close: (connection) => hub.close(connection),
        pause: (connection) => hub.pause(connection),
        resume: (connection) => hub.resume(connection),
        mayDemandAuth: (connection) => authentication.mayDemand(connection),
        get opening() {
          return hub.opening;
        },
      },
      shared: { fates: this.history === null ? [] : [this.history], topicOf: null },
      currentPhase: () => this.#currentPhase(),
      endNs: () => this.#start.monotonicNs + endOffsetNs(plan),
      onCredit,
      onProgress: (what, done, total) => send({ type: 'preparing', done, total, what }),
      fail: (error) => send({ type: 'failed', message: messageOf(error) }),
    };
  }

  #createAuthentication(): Authentication {
    const { plan } = this.#options;
    const { auth, authUrl } = plan.connections;
    let signer: ClientSigner | null = null;
    return new Authentication({
      policy: auth,
      relayOf: (connection) => relayTagOf(authUrl ?? (plan.targets[targetOf(plan, connection)] as string)),
      sign: (connection, unsigned) => {
        // Made where it is needed: most relays ask nobody.
        signer ??= new ClientSigner(plan.seed);
        return signer.sign(connection, unsigned);
      },
      send: (connection, frame) => this.hub.send(connection, frame),
      sink: this.recorder,
      series: this.#series,
      currentPhase: () => this.#currentPhase(),
      isToBeExpected: auth !== 'never' && knowsAuthentication(plan.advertised),
      onRestored: (connection) => this.reconnecting?.check(connection),
    });
  }

  #createReconnecting(): Reconnecting | null {
    const { plan, shard } = this.#options;
    const { reconnect } = plan.connections;
    if (reconnect === null) return null;
    return new Reconnecting({
      backOff: reconnect,
      draw: createRandom(plan.seed, `reconnecting-${shard.index}`).next,
      reopen: (connection) => this.hub.reopen(connection),
      isRestored: (connection) => this.parts.isRestored(connection),
      authStanding: (connection) => this.authentication.standing(connection),
      sink: this.recorder,
      series: this.#series,
      now: monotonicNs,
      phaseOf: (atNs) => {
        const offsetNs = this.#isRunning ? atNs - this.#start.monotonicNs : 0;
        return { phase: this.#isRunning ? this.recorder.phaseOf(offsetNs) : this.recorder.outside, offsetNs };
      },
    });
  }

  /** Whether a connection is opened again when it is lost: those that come and go by themselves are not. */
  #comesBack(connection: number): boolean {
    const { count } = this.#options.plan.connections;
    return this.reconnecting !== null && (connection < count || this.#held.has(connection));
  }

  #onLost(connection: number, code: number, comesBack: boolean): void {
    this.observer.connectionLost(connection, code);
    if (comesBack) this.reconnecting?.onLost(connection);
    else if (this.reconnecting !== null) this.recorder.count(this.#currentPhase(), 'connections_not_back');
  }

  #onGone(connection: number, comesBack: boolean): void {
    this.authentication.onConnectionClosed(connection, comesBack);
    this.parts.onConnectionClosed(connection);
  }

  #onReopened({ number, startedNs }: Connection): void {
    this.authentication.onConnectionReopened(number);
    this.parts.onConnectionReopened(number);
    this.reconnecting?.onOpened(number, startedNs);
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
      compression: this.traffic.compression,
      outbox: this.outbox,
      replies: this.sorter,
      onOpened: (connection, scheduledNs, openedNs) => {
        const isOfLoad = this.#isRunning && connection.number >= plan.connections.count;
        const phase = isOfLoad
          ? this.recorder.phaseOf(scheduledNs - this.#start.monotonicNs)
          : this.recorder.outside;
        this.recorder.latency(series, phase, scheduledNs, openedNs);
        this.recorder.latency(series + 1, phase, connection.startedNs, openedNs);
        this.parts.onConnectionOpened(connection.number);
      },
      onFailed: (connection, ...why) => {
        this.recorder.connectionFailed(this.#currentPhase(), ...why);
        this.parts.onConnectionFailed(connection);
      },
      onDropped: (connection, code) => {
        const comesBack = this.#comesBack(connection);
        const isLost = !this.parts.mayDrop(connection, code);
        if (isLost) this.#onLost(connection, code, comesBack);
        this.#onGone(connection, comesBack);
        return isLost;
      },
      onClosed: (connection) => this.#onGone(connection, false),
      onCut: (connection, backOff) => {
        this.reconnecting?.onLost(connection, backOff);
        this.#onGone(connection, true);
      },
      comesBack: (connection) => this.#comesBack(connection),
      onReopened: (connection) => this.#onReopened(connection),
      onReopenFailed: (connection, reason) => this.reconnecting?.onFailed(connection, reason),
      received: this.traffic.received,
      onNegotiated: (isCompressed) =>
        this.recorder.count(
          this.recorder.outside,
          isCompressed ? 'connections_compressed' : 'connections_not_compressed',
        ),
    });
  }
}

/** Nanoseconds after the start at which offering ends. */
export function endOffsetNs(plan: Pick<Plan, 'phases'>): number {
  return plan.phases.at(-1)?.endNs ?? NS_PER_S;
}
