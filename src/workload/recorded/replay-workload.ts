import type { SampleSink } from '../sample-sink.ts';
import type { ArrivalStream } from '../stream.ts';
import type { Connections } from '../worker-part.ts';
import type { ReplayStep } from './load-steps.ts';
import type { ReplayBooks } from './replay-books.ts';
import type { ReplayRequests } from './replay-requests.ts';
import type { ReplayWrites } from './replay-writes.ts';

export interface ReplayOptions {
  /** In the order of time. */
  readonly steps: readonly ReplayStep[];
  readonly start: { readonly monotonicNs: number };
  /** When offering ends, monotonic ns. */
  readonly endNs: () => number;
  /** There is something to do at once. */
  readonly onCredit: () => void;
  readonly connections: Pick<Connections, 'open' | 'close' | 'opening'>;
  readonly requests: ReplayRequests;
  readonly writes: ReplayWrites;
  readonly books: ReplayBooks;
  readonly sink: SampleSink;
  readonly unwritten: () => number;
  /** Writes what is in line. */
  readonly flush: () => void;
}

/** A client of the trace. */
interface Client {
  readonly phase: number;
  state: 'opening' | 'open' | 'gone';
  /** What it wanted to do while its handshake went on. */
  readonly waiting: ReplayStep[];
  /** What waits for an answer, or to be written. */
  pending: number;
  /** Whether it goes as soon as nothing is pending. */
  isLeaving: boolean;
}

/** Events that are signed before they are due. */
const MOST_SIGNED = 1_024;

/**
 * Does what the clients of a trace did, when they did it, whatever the relay does: what a client wanted to do before its
 * connection was open keeps its time and is done as soon as it is.
 */
export class ReplayWorkload implements ArrivalStream {
  readonly #options: ReplayOptions;
  readonly #clients = new Map<number, Client>();
  /** What waited for connections that are open by now. */
  #ready: ReplayStep[] = [];
  #next = 0;
  #ahead = 0;
  #signed = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  get pending(): number {
    const { connections, requests, writes } = this.#options;
    return connections.opening + requests.pending + writes.pending;
  }

  get unwritten(): number {
    return this.#options.unwritten();
  }

  get isOver(): boolean {
    return this.dueNs() === Number.POSITIVE_INFINITY && this.pending + this.unwritten === 0;
  }

  dueNs(): number {
    const step = this.#ready[0] ?? this.#options.steps[this.#next];
    if (step === undefined) return Number.POSITIVE_INFINITY;
    const { start, endNs } = this.#options;
    const dueNs = start.monotonicNs + step.dueNs;
    return dueNs < endNs() ? dueNs : Number.POSITIVE_INFINITY;
  }

  fire(): void {
    const ready = this.#ready.shift();
    const step = ready ?? this.#options.steps[this.#next];
    if (step === undefined) return;
    if (ready === undefined) this.#next++;
    this.#do(step);
  }

  readAhead(): boolean {
    const { steps, writes } = this.#options;
    this.#ahead = Math.max(this.#ahead, this.#next);
    if (this.#signed >= MOST_SIGNED) return false;
    for (; this.#ahead < steps.length; this.#ahead++) {
      const step = steps[this.#ahead];
      if (step?.what !== 'EVENT' || step.signed !== null) continue;
      step.signed = writes.sign(step.event);
      this.#signed++;
      this.#ahead++;
      return true;
    }
    return false;
  }

  expire(nowNs: number): void {
    this.#options.requests.expire(nowNs);
    this.#options.writes.expire(nowNs);
  }

  onConnectionOpened(connection: number): void {
    const client = this.#clients.get(connection);
    if (client?.state !== 'opening') return;
    client.state = 'open';
    this.#ready.push(...client.waiting.splice(0));
    this.#options.onCredit();
  }

  onConnectionFailed(connection: number): void {
    this.#gone(connection, 'replay_connections_failed');
  }

  /** Not by its own will: then it is gone already. */
  onConnectionClosed(connection: number): void {
    const { requests, writes } = this.#options;
    if (this.#clients.get(connection)?.state === 'gone') return;
    this.#gone(connection, 'replay_connections_lost');
    requests.lost(connection);
    writes.lost(connection);
  }

  /** Something that a client has sent has ended. */
  onEnded(connection: number): void {
    const client = this.#clients.get(connection);
    if (client === undefined) return;
    client.pending--;
    if (client.isLeaving && client.pending === 0 && client.state === 'open') this.#leave(connection);
  }

  /** No step is carried out any more: what was due is dropped. */
  dropRest(): void {
    while (this.dueNs() < Number.POSITIVE_INFINITY) {
      const step = this.#ready.shift() ?? this.#options.steps[this.#next++];
      if (step !== undefined) this.#neverSent(step, 'replays_dropped');
    }
  }

  /** The run is over: who is there stays. */
  endAll(): void {
    this.expire(Number.POSITIVE_INFINITY);
    for (const step of this.#ready.splice(0)) this.#neverSent(step, 'replays_unsent');
    for (const [connection, { state }] of this.#clients)
      if (state !== 'gone') this.#gone(connection, 'replay_connections_staying');
  }

  #do(step: ReplayStep): void {
    if (step.what === 'open') {
      this.#come(step);
      return;
    }
    // A part of a trace begins amid the sessions of its clients.
    const client = this.#clients.get(step.connection) ?? this.#come(step);
    if (client.state === 'opening') client.waiting.push(step);
    else if (client.state === 'gone') this.#neverSent(step, 'replays_unsent');
    else this.#perform(step, client);
  }

  #perform(step: ReplayStep, client: Client): void {
    const { requests, writes, books, start } = this.#options;
    switch (step.what) {
      case 'open':
        return;
      case 'close':
        // One that had all its answers went when it had them.
        client.isLeaving = step.waits && client.pending > 0;
        if (!client.isLeaving) this.#leave(step.connection);
        return;
      case 'REQ':
      case 'COUNT':
        client.pending++;
        requests.send(step);
        return;
      case 'CLOSE':
        requests.send(step);
        return;
      case 'EVENT':
        client.pending++;
        this.#unsign(step);
        writes.send(step);
        return;
      default:
        books.count('replay_passed_over', start.monotonicNs + step.dueNs);
    }
  }

  #come({ connection, dueNs }: ReplayStep): Client {
    const { start, sink, connections } = this.#options;
    const client: Client = {
      phase: sink.phaseOf(dueNs),
      state: 'opening',
      waiting: [],
      pending: 0,
      isLeaving: false,
    };
    this.#clients.set(connection, client);
    sink.count(client.phase, 'replay_connections');
    connections.open(connection, start.monotonicNs + dueNs);
    return client;
  }

  #leave(connection: number): void {
    const { flush, requests, writes, connections } = this.#options;
    flush();
    this.#gone(connection, 'replay_connections_closed');
    requests.left(connection);
    writes.left(connection);
    connections.close(connection);
  }

  #gone(connection: number, counter: `replay_connections_${'closed' | 'failed' | 'lost' | 'staying'}`): void {
    const client = this.#clients.get(connection);
    if (client === undefined || client.state === 'gone') return;
    client.state = 'gone';
    this.#options.sink.count(client.phase, counter);
    for (const step of client.waiting.splice(0)) this.#neverSent(step, 'replays_unsent');
  }

  #neverSent(step: ReplayStep, counter: 'replays_unsent' | 'replays_dropped'): void {
    const { requests, writes, books, start } = this.#options;
    if (step.what === 'REQ' || step.what === 'COUNT' || step.what === 'CLOSE')
      requests.neverSent(step, counter);
    else if (step.what === 'EVENT') {
      this.#unsign(step);
      writes.neverSent(step, counter);
    } else if (step.what === 'other') books.count('replay_passed_over', start.monotonicNs + step.dueNs);
  }

  /** What was signed ahead is used up. */
  #unsign({ signed }: Extract<ReplayStep, { readonly what: 'EVENT' }>): void {
    if (signed !== null) this.#signed--;
  }
}
