import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import type { CounterMetric } from '../../metric/counters.ts';
import { AUTH_REQUIRED, type Held } from '../../nostr/auth-state.ts';
import type { Stay } from '../../plan/stay.ts';
import { Agenda } from '../agenda.ts';
import type { ArrivalSchedule } from '../frame-ahead.ts';
import type { OwnNumbers } from '../own-numbers.ts';
import type { RequestFrames } from '../request-frames.ts';
import type { SampleSink } from '../sample-sink.ts';
import { drawStayNs } from '../stay.ts';
import type { ArrivalStream } from '../stream.ts';
import type { Connections, SubscriptionOwner } from '../worker-part.ts';

/** First letter of the subscription ids of connections that come and go. */
export const CHURN_LETTER = 'k';

export interface ChurnOptions {
  readonly schedule: ArrivalSchedule;
  readonly start: { readonly monotonicNs: number };
  /** When offering ends, monotonic ns. */
  readonly endNs: () => number;
  readonly numbers: OwnNumbers;
  readonly connections: Pick<Connections, 'open' | 'close' | 'send' | 'opening'>;
  readonly stay: Stay;
  readonly seed: number;
  readonly timeoutMs: number;
  /** Null where connections ask nothing. */
  readonly requests: ChurnRequests | null;
  readonly sink: SampleSink;
  readonly currentPhase: () => number;
}

/** What connections ask as soon as they are open. */
export interface ChurnRequests {
  readonly frames: RequestFrames;
  /** What connection `number` of the stream asks: a place among the frames, and the series of its latency. */
  readonly draw: (number: number) => { readonly filter: number; readonly series: number };
}

/** A connection that has come and has not gone. */
interface Visitor {
  readonly connection: number;
  /** Of its arrival. */
  readonly number: number;
  readonly scheduledNs: number;
  /** When its handshake began. */
  readonly begunNs: number;
  readonly phase: number;
  /** What it asks, once it does. */
  request: {
    readonly sequence: number;
    readonly filter: number;
    readonly series: number;
    sentNs: number;
  } | null;
  /** Whether the answer is still to come. */
  isWaiting: boolean;
  /** Whether its time is over: it goes as soon as it has its answer. */
  isLeaving: boolean;
  isGone: boolean;
}

/** Connections that come on a schedule, ask something if they are told to, stay for a while and close. */
export class ChurnWorkload implements ArrivalStream, SubscriptionOwner {
  readonly unwritten = 0;
  readonly #options: ChurnOptions;
  readonly #visitors = new Map<number, Visitor>();
  /** By the sequence number of what they ask, in the order in which they asked. */
  readonly #waiting = new Map<number, Visitor>();
  readonly #leaving = new Agenda<Visitor>();
  #sequence = 0;

  constructor(options: ChurnOptions) {
    this.#options = options;
  }

  /** Handshakes and answers that are still to come. */
  get pending(): number {
    return this.#options.connections.opening + this.#waiting.size;
  }

  get isOver(): boolean {
    return this.#arrivalNs === Number.POSITIVE_INFINITY && this.pending === 0;
  }

  /** Whose stay ends after the load is counted as staying. */
  dueNs(): number {
    const leavingNs = this.#leaving.nextNs;
    const isOfLoad = leavingNs < this.#options.endNs();
    return Math.min(this.#arrivalNs, isOfLoad ? leavingNs : Number.POSITIVE_INFINITY);
  }

  fire(): void {
    if (this.#leaving.nextNs <= this.#arrivalNs) this.#leave(this.#leaving.take());
    else this.#come();
  }

  readAhead(): boolean {
    return false;
  }

  get #arrivalNs(): number {
    return this.#options.schedule.peekNs() + this.#options.start.monotonicNs;
  }

  #come(): void {
    const { schedule, start, numbers, connections, sink } = this.#options;
    const scheduledNs = this.#arrivalNs;
    const visitor: Visitor = {
      connection: numbers.take(),
      number: schedule.peekNumber(),
      scheduledNs,
      begunNs: monotonicNs(),
      phase: sink.phaseOf(scheduledNs - start.monotonicNs),
      ...{ request: null, isWaiting: false, isLeaving: false, isGone: false },
    };
    schedule.advance();
    this.#visitors.set(visitor.connection, visitor);
    sink.count(visitor.phase, 'churn_connections');
    connections.open(visitor.connection, scheduledNs);
  }

  onConnectionOpened(connection: number): void {
    const visitor = this.#visitors.get(connection);
    if (visitor === undefined) return;
    const { seed, stay } = this.#options;
    const stayNs = drawStayNs(stay, createRandom(seed + visitor.number, 'churn-stay'));
    this.#leaving.add(monotonicNs() + stayNs, visitor);
    this.#ask(visitor);
  }

  onConnectionFailed(connection: number): void {
    const visitor = this.#visitors.get(connection);
    if (visitor === undefined) return;
    const { requests } = this.#options;
    if (requests !== null) this.#censor(requests.draw(visitor.number).series, visitor);
    this.#end(visitor, 'churn_failed');
  }

  /** Not by its own will: then nobody is known under that number any more. */
  onConnectionClosed(connection: number): void {
    const visitor = this.#visitors.get(connection);
    if (visitor === undefined) return;
    if (visitor.isWaiting) this.#giveUp(visitor, 'churn_requests_lost');
    this.#end(visitor, 'churn_lost');
  }

  onEvent(connection: number, sequence: number): boolean {
    const { sink, currentPhase } = this.#options;
    if (this.#askerOf(connection, sequence) === null) return this.#wasAsked(sequence);
    sink.count(currentPhase(), 'churn_events_received');
    return true;
  }

  onEose(connection: number, sequence: number): boolean {
    const visitor = this.#askerOf(connection, sequence);
    if (visitor?.request == null || !visitor.isWaiting) return this.#wasAsked(sequence);
    const nowNs = monotonicNs();
    const { sink } = this.#options;
    const { series } = visitor.request;
    sink.latency(series, visitor.phase, visitor.scheduledNs, nowNs);
    sink.latency(series + 1, visitor.phase, visitor.begunNs, nowNs);
    this.#answered(visitor, 'churn_requests_completed');
    return true;
  }

  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const visitor = this.#askerOf(connection, sequence);
    if (visitor === null) return this.#wasAsked(sequence);
    this.#options.sink.countWord(visitor.phase, 'churn_closes', prefix);
    if (visitor.isWaiting) this.#answered(visitor, 'churn_requests_closed');
    return true;
  }

  hold(connection: number, sequence: number): Held | null {
    const visitor = this.#askerOf(connection, sequence);
    if (visitor === null || !visitor.isWaiting) return null;
    return {
      again: () => this.#askAgain(visitor),
      refuse: () => void this.onClosed(connection, sequence, AUTH_REQUIRED),
    };
  }

  expire(nowNs: number): void {
    const before = nowNs - this.#options.timeoutMs * NS_PER_MS;
    for (const visitor of this.#waiting.values()) {
      if ((visitor.request?.sentNs ?? before) >= before) return;
      this.#giveUp(visitor, 'churn_requests_timeout');
      if (visitor.isLeaving) this.#go(visitor);
    }
  }

  /** The run is over: what waits has waited in vain, and who is there stays. */
  endAll(): void {
    this.expire(Number.POSITIVE_INFINITY);
    for (const visitor of [...this.#visitors.values()]) this.#end(visitor, 'churn_staying');
  }

  #ask(visitor: Visitor): void {
    const { requests, connections, sink } = this.#options;
    if (requests === null) return;
    const sequence = this.#sequence++;
    const { filter, series } = requests.draw(visitor.number);
    visitor.request = { sequence, filter, series, sentNs: monotonicNs() };
    visitor.isWaiting = true;
    this.#waiting.set(sequence, visitor);
    sink.count(visitor.phase, 'churn_requests');
    connections.send(visitor.connection, requests.frames.request(filter, sequence));
  }

  #askAgain({ connection, request, isWaiting }: Visitor): void {
    const { requests, connections, sink, currentPhase } = this.#options;
    if (requests === null || request === null || !isWaiting) return;
    connections.send(connection, requests.frames.request(request.filter, request.sequence));
    sink.count(currentPhase(), 'queries_retried_after_auth');
  }

  #answered(visitor: Visitor, counter: CounterMetric): void {
    visitor.isWaiting = false;
    if (visitor.request !== null) this.#waiting.delete(visitor.request.sequence);
    this.#options.sink.count(visitor.phase, counter);
    if (visitor.isLeaving) this.#go(visitor);
  }

  /** What is never answered is slower than all that is. */
  #giveUp(visitor: Visitor, counter: 'churn_requests_timeout' | 'churn_requests_lost'): void {
    visitor.isWaiting = false;
    if (visitor.request === null) return;
    this.#waiting.delete(visitor.request.sequence);
    this.#options.sink.count(visitor.phase, counter);
    this.#censor(visitor.request.series, visitor);
  }

  #censor(series: number, { phase, scheduledNs }: Visitor): void {
    const { sink, start } = this.#options;
    for (const each of [series, series + 1]) sink.censored(each, phase, scheduledNs - start.monotonicNs);
  }

  #leave(visitor: Visitor | null): void {
    if (visitor === null || visitor.isGone) return;
    if (visitor.isWaiting) visitor.isLeaving = true;
    else this.#go(visitor);
  }

  #go(visitor: Visitor): void {
    this.#end(visitor, 'churn_gone');
    this.#options.connections.close(visitor.connection);
    this.#options.numbers.give(visitor.connection);
  }

  /** A number that was never closed by this side is free at once; the others are when they are closed. */
  #end(visitor: Visitor, counter: 'churn_gone' | 'churn_staying' | 'churn_failed' | 'churn_lost'): void {
    visitor.isGone = true;
    this.#visitors.delete(visitor.connection);
    this.#options.sink.count(visitor.phase, counter);
    if (counter === 'churn_failed' || counter === 'churn_lost')
      this.#options.numbers.give(visitor.connection);
  }

  #askerOf(connection: number, sequence: number): Visitor | null {
    const visitor = this.#visitors.get(connection);
    return visitor?.request?.sequence === sequence ? visitor : null;
  }

  /** Whether it was asked by somebody who has gone, or in vain until its deadline. */
  #wasAsked(sequence: number): boolean {
    return sequence < this.#sequence;
  }
}
