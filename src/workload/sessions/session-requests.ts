import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import type { CounterMetric } from '../../metric/counters.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { AUTH_REQUIRED, type Held } from '../../nostr/auth-state.ts';
import { LateRequests } from '../late-requests.ts';
import type { RequestFrames } from '../request-frames.ts';
import type { SampleSink } from '../sample-sink.ts';
import { STEP, type StepSender } from '../step-sender.ts';
import type { SubscriptionOwner } from '../worker-part.ts';

/** What a client asks. */
export interface Wish {
  readonly connection: number;
  /** Series of its latency; the twin is the next. */
  readonly series: number;
  /** A place among the frames that are built ahead, or the frame of this client alone. */
  readonly frame: number | ((sequence: number) => Buffer);
  /** Whether the subscription stays open after EOSE. */
  readonly stays: boolean;
  readonly isFirst: boolean;
  /** When it wanted to ask, monotonic ns. */
  readonly scheduledNs: number;
}

/** A wish that was sent, or is about to be. */
interface Request extends Wish {
  readonly sequence: number;
  readonly phase: number;
  /** 0 until it is written. */
  startedNs: number;
}

/** How a request has ended: with all that was stored, refused, or not at all. */
export type RequestEnd = 'complete' | 'closed' | 'failed';

export interface SessionRequestsOptions {
  readonly sender: () => StepSender;
  readonly frames: RequestFrames;
  readonly timeoutMs: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly currentPhase: () => number;
  readonly sendNow: (connection: number, frame: Buffer) => void;
  readonly onEnded: (wish: Wish, end: RequestEnd) => void;
}

/** What clients ask, and the subscriptions that they keep open. */
export class SessionRequests implements SubscriptionOwner {
  readonly #options: SessionRequestsOptions;
  /** By sequence number, in the order in which they were sent. */
  readonly #waiting = new Map<number, Request>();
  /** Subscriptions that are kept open, by connection. */
  readonly #live = new Map<number, Set<number>>();
  readonly #late: LateRequests;
  readonly #lagSeries: number;
  #sequence = 0;

  constructor(options: SessionRequestsOptions) {
    this.#options = options;
    this.#lagSeries = options.series.indexOf('send_lag');
    this.#late = new LateRequests(options);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Asks. What can't be written has ended at once. */
  ask(wish: Wish): void {
    const { sink, start } = this.#options;
    const sequence = this.#sequence++;
    const phase = sink.phaseOf(wish.scheduledNs - start.monotonicNs);
    const request: Request = { ...wish, sequence, phase, startedNs: 0 };
    this.#waiting.set(sequence, request);
    const isStaged = this.#options.sender().send(wish.connection, (slot) => this.#fill(slot, request));
    if (!isStaged) this.#fail(request, 'session_requests_unsent');
  }

  /** A wish that the generator never came to. */
  dropped(series: number, scheduledNs: number): void {
    this.#censor(series, scheduledNs, 'session_requests_dropped');
  }

  /** The frame of that request has been written. */
  onWritten(sequence: number, startedNs: number): void {
    const request = this.#waiting.get(sequence);
    if (request === undefined) return;
    const { sink } = this.#options;
    request.startedNs = startedNs;
    sink.count(request.phase, 'session_requests_sent');
    sink.latency(this.#lagSeries, request.phase, request.scheduledNs, startedNs);
  }

  onUnwritten(sequence: number): void {
    const request = this.#waiting.get(sequence);
    if (request !== undefined) this.#fail(request, 'session_requests_unsent');
  }

  onEvent(connection: number, sequence: number): boolean {
    const { sink, currentPhase } = this.#options;
    const request = this.#on(connection, sequence);
    if (request !== null) sink.count(request.phase, 'session_events_stored');
    else if (this.#live.get(connection)?.has(sequence) === true)
      sink.count(currentPhase(), 'session_events_live');
    else return sequence < this.#sequence;
    return true;
  }

  onEose(connection: number, sequence: number): boolean {
    const request = this.#on(connection, sequence);
    if (request === null) return this.#late.isLate(sequence);
    const nowNs = monotonicNs();
    const { sink, frames, sendNow, onEnded } = this.#options;
    sink.latency(request.series, request.phase, request.scheduledNs, nowNs);
    sink.latency(request.series + 1, request.phase, request.startedNs, nowNs);
    sink.count(request.phase, 'session_requests_completed');
    this.#waiting.delete(sequence);
    if (request.stays) {
      this.#keep(connection, sequence);
      sink.count(request.phase, 'session_subscriptions_opened');
    } else sendNow(connection, frames.close(sequence));
    onEnded(request, 'complete');
    return true;
  }

  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const { sink, currentPhase, onEnded } = this.#options;
    const request = this.#on(connection, sequence);
    if (request !== null) {
      sink.countWord(request.phase, 'session_closes', prefix);
      sink.count(request.phase, 'session_requests_closed');
      this.#waiting.delete(sequence);
      onEnded(request, 'closed');
      return true;
    }
    if (this.#live.get(connection)?.delete(sequence) !== true)
      return this.#late.isLate(sequence) || sequence < this.#sequence;
    sink.countWord(currentPhase(), 'session_closes', prefix);
    sink.count(currentPhase(), 'session_subscriptions_ended');
    return true;
  }

  hold(connection: number, sequence: number): Held | null {
    const request = this.#on(connection, sequence);
    if (request === null) return null;
    return {
      again: () => this.#askAgain(request),
      refuse: () => void this.onClosed(connection, sequence, AUTH_REQUIRED),
    };
  }

  /** A connection is gone, whoever has closed it. */
  onConnectionClosed(connection: number): void {
    for (const request of [...this.#waiting.values()])
      if (request.connection === connection) this.#fail(request, 'session_requests_lost_at_close');
    this.#live.delete(connection);
  }

  expire(nowNs: number): void {
    const before = nowNs - this.#options.timeoutMs * NS_PER_MS;
    for (const request of this.#waiting.values()) {
      // What waits for its socket has no deadline.
      if (request.startedNs === 0) continue;
      if (request.startedNs >= before) return;
      this.#remember(request);
      this.#fail(request, 'session_requests_timeout');
    }
  }

  #keep(connection: number, sequence: number): void {
    const live = this.#live.get(connection) ?? new Set();
    this.#live.set(connection, live);
    live.add(sequence);
  }

  #fill(slot: number, { frame, sequence }: Request): void {
    const { store } = this.#options.sender();
    const at = store.startOf(slot);
    store.tag[slot] = STEP.request;
    store.keyLow[slot] = sequence;
    store.length[slot] =
      typeof frame === 'number'
        ? this.#options.frames.write(store.bytes, at, frame, sequence)
        : frame(sequence).copy(store.bytes, at);
  }

  #askAgain({ connection, frame, sequence }: Request): void {
    if (!this.#waiting.has(sequence)) return;
    const { sink, frames, sendNow, currentPhase } = this.#options;
    sendNow(connection, typeof frame === 'number' ? frames.request(frame, sequence) : frame(sequence));
    sink.count(currentPhase(), 'queries_retried_after_auth');
  }

  #on(connection: number, sequence: number): Request | null {
    const request = this.#waiting.get(sequence);
    return request?.connection === connection && request.startedNs > 0 ? request : null;
  }

  #fail(request: Request, counter: CounterMetric): void {
    this.#waiting.delete(request.sequence);
    this.#censor(request.series, request.scheduledNs, counter);
    this.#options.onEnded(request, 'failed');
  }

  /** What is never answered is slower than all that is. */
  #censor(series: number, scheduledNs: number, counter: CounterMetric): void {
    const { sink, start } = this.#options;
    const offsetNs = scheduledNs - start.monotonicNs;
    const phase = sink.phaseOf(offsetNs);
    sink.count(phase, counter);
    for (const each of [series, series + 1]) sink.censored(each, phase, offsetNs);
  }

  #remember({ sequence, startedNs, phase }: Request): void {
    this.#late.remember(sequence, startedNs + this.#options.timeoutMs * NS_PER_MS, phase);
  }
}
