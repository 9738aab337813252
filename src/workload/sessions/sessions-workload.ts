import { monotonicNs, NS_PER_MS, NS_PER_S } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import type { CounterMetric } from '../../metric/counters.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { Agenda } from '../agenda.ts';
import type { ArrivalSchedule } from '../frame-ahead.ts';
import type { OwnNumbers } from '../own-numbers.ts';
import type { SampleSink } from '../sample-sink.ts';
import { drawRestNs, drawStayNs } from '../stay.ts';
import type { ArrivalStream } from '../stream.ts';
import type { Connections } from '../worker-part.ts';
import { type Client, drawFrom, drawWhole, newClient, type Step } from './client.ts';
import { FIRST, FIRST_STAYING } from './habits.ts';
import type { SessionsPlan } from './plan.ts';
import type { RequestEnd, SessionRequests, Wish } from './session-requests.ts';
import type { SessionWrites } from './session-writes.ts';
import type { Wishes } from './wishes.ts';

export interface SessionsOptions {
  readonly plan: SessionsPlan;
  readonly schedule: ArrivalSchedule;
  readonly start: { readonly monotonicNs: number };
  /** When offering ends, monotonic ns. */
  readonly endNs: () => number;
  /** There is something to do at once. */
  readonly onCredit: () => void;
  readonly numbers: OwnNumbers;
  readonly connections: Pick<Connections, 'open' | 'close' | 'opening'>;
  readonly requests: SessionRequests;
  readonly writes: SessionWrites;
  readonly wishes: Wishes;
  readonly unwritten: () => number;
  readonly seed: number;
  readonly sink: SampleSink;
  readonly series: SeriesTable;
}

/** Clients open what they watch one after the other, as its user scrolls: all of it within this time. */
const WATCHES_WITHIN_NS = 10 * NS_PER_S;
/** So long before it is published a note is signed: in a gap of the schedule, never when it is due. */
const SIGNED_BEFORE_NS = NS_PER_S;

/**
 * Real clients: they come on a schedule of their own, ask for what their screen shows, keep subscriptions open, ask and write now and
 * then, and go.
 */
export class SessionsWorkload implements ArrivalStream {
  readonly #options: SessionsOptions;
  readonly #clients = new Map<number, Client>();
  readonly #agenda = new Agenda<Step>();
  /** Those whose next note is to be signed. */
  readonly #unsigned: Client[] = [];
  readonly #readySeries: number;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#readySeries = options.series.indexOf('session_ready_latency');
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
    const stepNs = this.#agenda.nextNs;
    return Math.min(this.#arrivalNs, stepNs < this.#options.endNs() ? stepNs : Number.POSITIVE_INFINITY);
  }

  fire(): void {
    if (this.#agenda.nextNs > this.#arrivalNs) {
      this.#come();
      return;
    }
    const step = this.#agenda.take();
    if (step !== null && !step.client.isGone && !step.client.isLeaving) this.#do(step);
  }

  readAhead(): boolean {
    const client = this.#unsigned.shift();
    if (client === undefined) return false;
    if (!client.isGone) client.note ??= this.#options.writes.sign(client.writesNs);
    return true;
  }

  expire(nowNs: number): void {
    this.#options.requests.expire(nowNs);
    this.#options.writes.expire(nowNs);
  }

  /** Clients that are connected already begin within `withinNs` from the start of the load on, in the midst of their stay. */
  welcome(connections: readonly number[], withinNs: number): void {
    const { seed, plan, start } = this.#options;
    for (const connection of connections) {
      const random = createRandom(seed + connection, 'session-from-start');
      const stayNs = drawRestNs(plan.stay, random);
      const client = newClient({ connection, random, stayNs, came: null });
      this.#clients.set(connection, client);
      this.#plan(client, 'begin', start.monotonicNs + random.next() * withinNs);
    }
  }

  onConnectionOpened(connection: number): void {
    const client = this.#clients.get(connection);
    if (client?.came == null) return;
    this.#plan(client, 'begin', monotonicNs());
    this.#options.onCredit();
  }

  onConnectionFailed(connection: number): void {
    const client = this.#clients.get(connection);
    if (client === undefined) return;
    this.#censorReady(client);
    this.#end(client, 'session_clients_failed');
  }

  /** Not by its own will: then nobody is known under that number any more. */
  onConnectionClosed(connection: number): void {
    const { requests, writes } = this.#options;
    requests.onConnectionClosed(connection);
    writes.onConnectionClosed(connection);
    const client = this.#clients.get(connection);
    if (client !== undefined) this.#end(client, 'session_clients_lost');
  }

  /** A request of a client has ended. */
  onRequestEnded({ connection, isFirst }: Wish, end: RequestEnd): void {
    const client = this.#clients.get(connection);
    if (client === undefined) return;
    if (isFirst) this.#firstEnded(client, end);
    this.#settled(client);
  }

  /** A note of a client has ended. */
  onWriteEnded(connection: number): void {
    const client = this.#clients.get(connection);
    if (client !== undefined) this.#settled(client);
  }

  /** No step is carried out any more: what was due is dropped. */
  dropRest(): void {
    const { writes, requests, wishes } = this.#options;
    while (this.#agenda.nextNs < this.#options.endNs()) {
      const step = this.#agenda.take();
      if (step === null || step.client.isGone || step.client.isLeaving) continue;
      if (step.what === 'write') writes.dropped(step.dueNs);
      if (step.what === 'ask') requests.dropped(wishes.now(step.client).series, step.dueNs);
      if (step.what === 'watch') requests.dropped(wishes.watched(step.client).series, step.dueNs);
    }
  }

  /** The run is over: who is there stays. */
  endAll(): void {
    this.expire(Number.POSITIVE_INFINITY);
    for (const client of [...this.#clients.values()]) this.#end(client, 'session_clients_staying');
  }

  get #arrivalNs(): number {
    return this.#options.schedule.peekNs() + this.#options.start.monotonicNs;
  }

  #plan(client: Client, what: Step['what'], dueNs: number): void {
    this.#agenda.add(dueNs, { client, what, dueNs });
  }

  #come(): void {
    const { schedule, start, numbers, connections, sink, seed, plan } = this.#options;
    const scheduledNs = this.#arrivalNs;
    const random = createRandom(seed + schedule.peekNumber(), 'session');
    schedule.advance();
    const phase = sink.phaseOf(scheduledNs - start.monotonicNs);
    const client = newClient({
      connection: numbers.take(),
      random,
      stayNs: drawStayNs(plan.stay, random),
      came: { scheduledNs, begunNs: monotonicNs(), phase },
    });
    this.#clients.set(client.connection, client);
    sink.count(phase, 'session_clients');
    connections.open(client.connection, scheduledNs);
  }

  #do({ client, what, dueNs }: Step): void {
    const { query, write } = this.#options.plan;
    const { wishes } = this.#options;
    switch (what) {
      case 'begin':
        this.#begin(client, dueNs);
        return;
      case 'watch':
        this.#ask(client, { ...wishes.watched(client), stays: true, isFirst: false }, dueNs);
        return;
      case 'ask':
        this.#ask(client, { ...wishes.now(client), stays: false, isFirst: false }, dueNs);
        this.#plan(client, 'ask', dueNs + drawFrom(query, client.random) * NS_PER_MS);
        return;
      case 'sign':
        this.#unsigned.push(client);
        return;
      case 'write':
        this.#write(client, dueNs);
        this.#planWrite(client, dueNs, drawFrom(write, client.random));
        return;
      case 'leave':
        client.isLeaving = true;
        if (client.pending === 0) this.#go(client);
        return;
      default:
        what satisfies never;
    }
  }

  #begin(client: Client, dueNs: number): void {
    const { plan, wishes } = this.#options;
    const { random, stayNs } = client;
    client.firstLeft = FIRST.length;
    for (const { habit, stays } of FIRST)
      this.#ask(client, { ...wishes.of(habit, client), stays, isFirst: true }, dueNs);
    const watched = drawWhole(plan.subscriptions, random) - FIRST_STAYING;
    for (let watch = 0; watch < watched; watch++)
      this.#plan(client, 'watch', dueNs + random.next() * WATCHES_WITHIN_NS);
    this.#plan(client, 'ask', dueNs + drawFrom(plan.query, random) * NS_PER_MS);
    // It did not write its last note just now.
    this.#planWrite(client, dueNs, random.next() * drawFrom(plan.write, random));
    this.#plan(client, 'leave', dueNs + stayNs);
  }

  #ask(client: Client, wish: Omit<Wish, 'connection' | 'scheduledNs'>, scheduledNs: number): void {
    client.pending++;
    this.#options.requests.ask({ ...wish, connection: client.connection, scheduledNs });
  }

  #planWrite(client: Client, fromNs: number, afterMs: number): void {
    client.writesNs = fromNs + afterMs * NS_PER_MS;
    this.#plan(client, 'sign', Math.max(fromNs, client.writesNs - SIGNED_BEFORE_NS));
    this.#plan(client, 'write', client.writesNs);
  }

  #write(client: Client, dueNs: number): void {
    const { writes } = this.#options;
    const note = client.note ?? writes.sign(dueNs);
    client.note = null;
    client.pending++;
    if (!writes.publish(client.connection, note, dueNs)) this.#settled(client);
  }

  #settled(client: Client): void {
    client.pending--;
    if (client.isLeaving && client.pending === 0 && !client.isGone) this.#go(client);
  }

  #firstEnded(client: Client, end: RequestEnd): void {
    client.firstLeft--;
    if (end === 'failed') {
      this.#censorReady(client);
      client.firstLeft = Number.NEGATIVE_INFINITY;
    }
    const { came } = client;
    if (client.firstLeft !== 0 || came === null) return;
    const nowNs = monotonicNs();
    const { sink } = this.#options;
    sink.latency(this.#readySeries, came.phase, came.scheduledNs, nowNs);
    sink.latency(this.#readySeries + 1, came.phase, came.begunNs, nowNs);
  }

  /** A client whose screen is never complete has waited longer than all others; it counts once. */
  #censorReady({ came, firstLeft }: Client): void {
    if (came === null || firstLeft === Number.NEGATIVE_INFINITY) return;
    const { sink, start } = this.#options;
    const offsetNs = came.scheduledNs - start.monotonicNs;
    for (const series of [this.#readySeries, this.#readySeries + 1])
      sink.censored(series, came.phase, offsetNs);
  }

  #go(client: Client): void {
    this.#end(client, 'session_clients_left');
    this.#options.connections.close(client.connection);
  }

  #end(client: Client, counter: CounterMetric): void {
    client.isGone = true;
    this.#clients.delete(client.connection);
    const { came, connection } = client;
    // Those that were there from the start did not come, and their numbers are no workload's.
    if (came === null) return;
    this.#options.sink.count(came.phase, counter);
    this.#options.numbers.give(connection);
  }
}
