import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { AUTH_REQUIRED, type Held } from '../../nostr/auth-state.ts';
import { LateRequests } from '../late-requests.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { StepSender } from '../step-sender.ts';
import type { SubscriptionOwner } from '../worker-part.ts';
import type { ReplayStep } from './load-steps.ts';
import type { ReplayBooks } from './replay-books.ts';

/** Tags of frames in line: what they are. */
export const FRAME = { question: 0, event: 1, close: 2 } as const;

type Question = Extract<ReplayStep, { readonly what: 'REQ' | 'COUNT' | 'CLOSE' }>;

type Close = Extract<ReplayStep, { readonly what: 'CLOSE' }>;

/** A REQ or COUNT that was sent, or is in line. */
interface Request {
  readonly what: 'REQ' | 'COUNT';
  readonly connection: number;
  readonly sequence: number;
  readonly frame: Buffer;
  readonly scheduledNs: number;
  /** 0 until it is written. */
  startedNs: number;
  /** Its client gave it up before it was written. */
  isGivenUp: boolean;
  /** The CLOSE that its client sends when it has the answer; null where that is not due yet. */
  close: Close | null;
}

export interface ReplayRequestsOptions {
  readonly sender: () => StepSender;
  readonly books: ReplayBooks;
  readonly timeoutMs: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  /** Subscriptions of this worker: their numbers are below. */
  readonly sequences: number;
  readonly currentPhase: () => number;
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** A REQ or COUNT of this connection has ended. */
  readonly onEnded: (connection: number) => void;
}

/** What the clients of a trace ask, and the subscriptions that they keep open. */
export class ReplayRequests implements SubscriptionOwner {
  readonly #options: ReplayRequestsOptions;
  /** By the number of the subscription, in the order in which they were sent. */
  readonly #waiting = new Map<number, Request>();
  /** By a number of their own. */
  readonly #inLine = new Map<number, Request>();
  /** When CLOSE in line were due. */
  readonly #closesInLine = new Map<number, number>();
  /** Subscriptions that are open after their EOSE, by connection. */
  readonly #live = new Map<number, Set<number>>();
  readonly #late: LateRequests;
  #lines = 0;

  constructor(options: ReplayRequestsOptions) {
    this.#options = options;
    this.#late = new LateRequests(options);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Sends it. What can't be written has ended at once. */
  send(step: Question): void {
    const { connection, sequence } = step;
    const before = this.#waiting.get(sequence);
    if (step.what === 'CLOSE' && step.waits && before !== undefined) {
      before.close = step;
      return;
    }
    // CLOSE, and a REQ under the same id, end what was asked before.
    this.#giveUp(sequence);
    this.#live.get(connection)?.delete(sequence);
    if (step.what === 'CLOSE') this.#close(step);
    else {
      const { what, frame, dueNs } = step;
      const scheduledNs = this.#options.start.monotonicNs + dueNs;
      const state = { scheduledNs, startedNs: 0, isGivenUp: false, close: null };
      this.#ask({ what, connection, sequence, frame, ...state });
    }
  }

  /** A step that never came to be sent, by the target's doing or by the generator's. */
  neverSent({ what, dueNs }: Question, counter: 'replays_unsent' | 'replays_dropped'): void {
    const { books, start } = this.#options;
    const scheduledNs = start.monotonicNs + dueNs;
    if (what === 'CLOSE') books.count('replay_closes_unsent', scheduledNs);
    else books.failed(what, counter, scheduledNs);
  }

  onWritten(line: number, startedNs: number): void {
    const { books } = this.#options;
    const closeNs = this.#closesInLine.get(line);
    if (closeNs !== undefined) books.count('replay_closes_sent', closeNs);
    this.#closesInLine.delete(line);
    const request = this.#takeFromLine(line);
    if (request === null) return;
    request.startedNs = startedNs;
    books.sent(request.what, request.scheduledNs, startedNs);
    if (request.isGivenUp) books.count('replays_ended', request.scheduledNs);
  }

  onUnwritten(line: number): void {
    const { books } = this.#options;
    const closeNs = this.#closesInLine.get(line);
    if (closeNs !== undefined) books.count('replay_closes_unsent', closeNs);
    this.#closesInLine.delete(line);
    const request = this.#takeFromLine(line);
    if (request === null) return;
    books.failed(request.what, 'replays_unsent', request.scheduledNs);
    if (this.#waiting.get(request.sequence) === request) this.#ended(request);
  }

  onEvent(connection: number, sequence: number): boolean {
    const { sink, books, currentPhase, sequences } = this.#options;
    const request = this.#on(connection, sequence);
    if (request !== null) books.count('replay_events_stored', request.scheduledNs);
    else if (this.#live.get(connection)?.has(sequence) === true)
      sink.count(currentPhase(), 'replay_events_live');
    // It was on its way when its client gave the subscription up.
    else return sequence < sequences;
    return true;
  }

  onEose(connection: number, sequence: number): boolean {
    const request = this.#on(connection, sequence);
    if (request === null) return this.#late.isLate(sequence) || sequence < this.#options.sequences;
    const live = this.#live.get(connection) ?? new Set();
    this.#live.set(connection, live);
    live.add(sequence);
    this.#answered(request);
    return true;
  }

  onCount(connection: number, sequence: number): boolean {
    const request = this.#on(connection, sequence);
    if (request === null) return this.#late.isLate(sequence) || sequence < this.#options.sequences;
    this.#answered(request);
    return true;
  }

  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const { sink, books, currentPhase, sequences } = this.#options;
    const request = this.#on(connection, sequence);
    if (request !== null) {
      sink.countWord(books.phaseOf(request.scheduledNs), 'replay_closes', prefix);
      this.#ended(request);
      return true;
    }
    if (this.#live.get(connection)?.delete(sequence) !== true)
      return this.#late.isLate(sequence) || sequence < sequences;
    sink.count(currentPhase(), 'replay_subscriptions_ended');
    return true;
  }

  hold(connection: number, sequence: number): Held | null {
    const request = this.#on(connection, sequence);
    if (request === null) return null;
    const { sink, sendNow, currentPhase } = this.#options;
    return {
      again: () => {
        if (this.#waiting.get(sequence) !== request) return;
        sendNow(connection, request.frame);
        sink.count(currentPhase(), 'queries_retried_after_auth');
      },
      refuse: () => void this.onClosed(connection, sequence, AUTH_REQUIRED),
    };
  }

  /** Its client leaves, as in the trace. */
  left(connection: number): void {
    for (const request of [...this.#waiting.values()])
      if (request.connection === connection) this.#giveUp(request.sequence);
    this.#live.delete(connection);
  }

  /** The target has closed it. */
  lost(connection: number): void {
    // What is in line is told to be unwritten by itself.
    for (const request of [...this.#waiting.values()])
      if (request.connection === connection && request.startedNs > 0)
        this.#fail(request, 'replays_lost_at_close');
    this.#live.delete(connection);
  }

  expire(nowNs: number): void {
    const { timeoutMs, books } = this.#options;
    const timeoutNs = timeoutMs * NS_PER_MS;
    for (const request of this.#waiting.values()) {
      const { startedNs, sequence, scheduledNs } = request;
      // What waits for its socket has no deadline.
      if (startedNs === 0) continue;
      if (startedNs >= nowNs - timeoutNs) return;
      this.#late.remember(sequence, startedNs + timeoutNs, books.phaseOf(scheduledNs));
      this.#fail(request, 'replays_timeout');
    }
  }

  #ask(request: Request): void {
    this.#waiting.delete(request.sequence);
    this.#waiting.set(request.sequence, request);
    const line = this.#lines++;
    this.#inLine.set(line, request);
    if (this.#stage(request.connection, request.frame, { line, tag: FRAME.question })) return;
    this.onUnwritten(line);
  }

  #close({ connection, frame, dueNs }: Close): void {
    const line = this.#lines++;
    this.#closesInLine.set(line, this.#options.start.monotonicNs + dueNs);
    if (!this.#stage(connection, frame, { line, tag: FRAME.close })) this.onUnwritten(line);
  }

  #stage(
    connection: number,
    frame: Buffer,
    { line, tag }: { readonly line: number; readonly tag: number },
  ): boolean {
    const sender = this.#options.sender();
    return sender.send(connection, (slot) => {
      const { store } = sender;
      store.tag[slot] = tag;
      store.keyLow[slot] = line;
      store.length[slot] = frame.copy(store.bytes, store.startOf(slot));
    });
  }

  #takeFromLine(line: number): Request | null {
    const request = this.#inLine.get(line);
    this.#inLine.delete(line);
    return request ?? null;
  }

  #answered(request: Request): void {
    const { what, scheduledNs, startedNs } = request;
    this.#options.books.answered(what, { scheduledNs, startedNs, nowNs: monotonicNs() });
    this.#ended(request);
  }

  #giveUp(sequence: number): void {
    const request = this.#waiting.get(sequence);
    if (request === undefined) return;
    this.#ended(request);
    // One in line is counted when it is written.
    if (request.startedNs === 0) request.isGivenUp = true;
    else this.#options.books.count('replays_ended', request.scheduledNs);
  }

  #fail(request: Request, counter: 'replays_timeout' | 'replays_lost_at_close'): void {
    this.#options.books.failed(request.what, counter, request.scheduledNs);
    this.#ended(request);
  }

  /** Now its client sends the CLOSE that waited for this. */
  #ended({ connection, sequence, close }: Request): void {
    this.#waiting.delete(sequence);
    if (close !== null) {
      this.#live.get(connection)?.delete(sequence);
      this.#close(close);
      this.#options.sender().flush();
    }
    this.#options.onEnded(connection);
  }

  #on(connection: number, sequence: number): Request | null {
    const request = this.#waiting.get(sequence);
    return request?.connection === connection && request.startedNs > 0 ? request : null;
  }
}
