import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { AUTH_REQUIRED, type Held } from '../../nostr/auth-state.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { FrameOwner } from '../../wire/outbox.ts';
import { NONE, PendingTable } from '../../wire/pending-table.ts';
import { FrameAhead, type FrameBuilder } from '../frame-ahead.ts';
import { FrameSender, type OnArrival } from '../frame-sender.ts';
import type { ArrivalStream } from '../stream.ts';
import { LateQueries, QUERY_END } from './late-queries.ts';
import { type FailedQuery, QueryCases } from './query-cases.ts';
import { QueryFrames } from './query-frames.ts';
import type { QueryOptions } from './query-options.ts';
import { type QueryShape, shapesOf } from './query-shapes.ts';
import { QueryTallies } from './query-tallies.ts';

/** REQ → EOSE: asks with a new subscription id each time and closes it when the stored events have come. */
export class QueryWorkload implements ArrivalStream, FrameOwner, FrameBuilder {
  readonly store: FrameStore;
  readonly sender: FrameSender;
  readonly #options: QueryOptions;
  readonly #waiting = new PendingTable();
  readonly #shapes: readonly QueryShape[];
  readonly #late: LateQueries;
  readonly #tallies = new QueryTallies();
  readonly #cases: QueryCases;
  #sequence = 0;
  readonly #frames: QueryFrames;
  readonly #lagSeries: number;

  constructor(options: QueryOptions) {
    this.#options = options;
    this.store = options.store;
    this.#lagSeries = options.series.indexOf('send_lag');
    this.#late = new LateQueries(options, options.stored, (...query) => this.#sendClose(...query));
    this.#shapes = shapesOf(options.filters, options);
    this.#frames = new QueryFrames(options, this.#shapes);
    this.#cases = new QueryCases(options.cases, (number) => this.#frames.draw(number).filter);
    const ahead = new FrameAhead(options.schedule, options.store, this);
    this.sender = new FrameSender({
      ahead,
      pick: () => options.clients.pick(),
      isScheduled: true,
      onUnsent: (...arrival) => this.#neverSent('queries_unsent', ...arrival),
      onDropped: (...arrival) => this.#neverSent('queries_dropped', ...arrival),
    });
  }

  get pending(): number {
    return this.#waiting.size;
  }

  get isOver(): boolean {
    return this.sender.isExhausted && this.pending === 0 && this.unwritten === 0;
  }

  get unwritten(): number {
    return this.sender.unwritten;
  }

  dueNs(): number {
    return this.sender.peekNs() + this.#options.start.monotonicNs;
  }

  readAhead(): boolean {
    return this.sender.readAhead();
  }

  fire(): void {
    this.sender.fire();
  }

  onWritten(slot: number, connection: number, startedNs: number): void {
    const { sink, start } = this.#options;
    const offsetNs = this.store.offsetNs[slot] as number;
    const scheduledNs = start.monotonicNs + offsetNs;
    const phase = sink.phaseOf(offsetNs);
    this.sender.written();
    sink.count(phase, 'queries_sent');
    // Where the client was away, the target is to blame for the delay.
    const hasWaited = this.store.hasWaited[slot] === 1;
    if (!hasWaited) sink.latency(this.#lagSeries, phase, scheduledNs, startedNs);
    const entry = this.#waiting.add(
      connection,
      this.store.keyLow[slot] as number,
      connection,
      this.store.tag[slot] as number,
    );
    this.#waiting.setTimes(entry, scheduledNs, startedNs, hasWaited ? scheduledNs : startedNs);
    this.#options.answers?.onWritten(this.store.keyLow[slot] as number, connection, startedNs);
    this.#tallies.begin(entry, this.store.number[slot] as number);
  }

  onUnwritten(slot: number, connection: number): void {
    this.#options.answers?.drop(this.store.keyLow[slot] as number);
    const { number, offsetNs } = this.store;
    this.sender.lost(number[slot] as number, offsetNs[slot] as number, connection);
  }

  /** An EVENT. @returns false where no such query was ever asked on this worker */
  onEvent(connection: number, sequence: number, frame: Buffer): boolean {
    const entry = this.#waiting.find(connection, sequence);
    if (entry === NONE) return this.#late.onEvent(connection, sequence, frame) || sequence < this.#sequence;
    const phase = this.#phaseOf(entry);
    const shape = this.#shapeOf(entry);
    const received = this.#tallies.add(entry, this.#options.stored.isStored(frame));
    this.#options.sink.count(phase, 'query_events_received');
    if (received === 1 && this.#tallies.isFirst(entry))
      this.#record(entry, phase, shape.firstEventIn(connection));
    this.#options.answers?.onEvent(sequence, frame);
    if (received > shape.mostEvents && this.#surelyStored(entry) > shape.mostEvents)
      this.#overflow(entry, phase, sequence);
    return true;
  }

  /** @returns false where no such query waits, or did until its deadline */
  onEose(connection: number, sequence: number): boolean {
    const entry = this.#waiting.find(connection, sequence);
    if (entry === NONE) return this.#late.onEose(connection, sequence);
    const phase = this.#phaseOf(entry);
    const { sink, answers } = this.#options;
    const endedNs = monotonicNs();
    this.#record(entry, phase, this.#shapeOf(entry).eoseIn(connection));
    sink.count(phase, 'queries_completed');
    const stored = this.#tallies.storedOf(entry);
    if (stored > this.#shapeOf(entry).limit) this.#countOverflow(entry, phase, stored);
    this.#end(entry, endedNs, QUERY_END.complete);
    this.#sendClose(connection, sequence);
    answers?.onEose(sequence, phase, endedNs);
    return true;
  }

  /** @returns false where no such query was ever asked on this worker */
  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const entry = this.#waiting.find(connection, sequence);
    if (entry === NONE) return this.#late.onClosed(connection, sequence) || sequence < this.#sequence;
    const { sink } = this.#options;
    const phase = this.#phaseOf(entry);
    sink.count(phase, 'queries_closed');
    sink.countWord(phase, 'query_closes', prefix);
    this.#options.answers?.drop(sequence);
    this.#waiting.remove(entry);
    return true;
  }

  /** A query that was refused before anything came. */
  hold(connection: number, sequence: number): Held | null {
    const entry = this.#waiting.find(connection, sequence);
    if (entry === NONE || this.#tallies.receivedBy(entry) > 0) return null;
    return {
      again: () => this.#askAgain(this.#waiting.find(connection, sequence), 'queries_retried_after_auth'),
      refuse: () => void this.onClosed(connection, sequence, AUTH_REQUIRED),
    };
  }

  #askAgain(entry: number, counter: 'queries_retried_after_auth' | 'queries_resent'): void {
    if (entry === NONE) return;
    const { connection, sequence, number } = this.#failed(entry);
    this.#options.sendNow(connection, this.#frames.request(sequence, this.#frames.draw(number).filter));
    this.#options.sink.count(this.#phaseOf(entry), counter);
  }

  onConnectionClosed(connection: number): void {
    this.#late.onConnectionClosed(connection);
    // What was not answered waits until its client is back; its answer is not compared.
    if (this.#options.isAway(connection))
      this.#waiting.each(connection, (entry) => this.#options.answers?.drop(this.#waiting.keyLowOf(entry)));
    else this.#waiting.removeConnection(connection, (entry) => this.#giveUp(entry, 'queries_lost_at_close'));
  }

  /** A lost connection is open again: what was under way is asked once more, from the beginning. */
  onConnectionReopened(connection: number): void {
    this.#waiting.each(connection, (entry) => {
      this.#tallies.restart(entry);
      this.#waiting.renew(entry, monotonicNs());
      this.#askAgain(entry, 'queries_resent');
    });
  }

  expire(nowNs: number): void {
    const before = nowNs - this.#options.timeoutMs * NS_PER_MS;
    this.#waiting.expire(before, (entry) => {
      if (this.#options.isAway(this.#waiting.connectionOf(entry))) {
        // It is asked again when its client is back, if the run has not ended by then.
        if (nowNs === Number.POSITIVE_INFINITY) this.#giveUp(entry, 'queries_lost_at_close');
        else this.#waiting.renew(entry, nowNs);
        return;
      }
      const deadlineNs = this.#waiting.startedNsOf(entry) + this.#options.timeoutMs * NS_PER_MS;
      this.#late.add(this.#waiting, entry, deadlineNs, QUERY_END.givenUp);
      this.#cases.timedOut(this.#failed(entry), this.#tallies.receivedBy(entry));
      this.#giveUp(entry, 'queries_timeout');
    });
  }

  /** Give up every query that is still unanswered: at the end of the drain. */
  expireAll(): void {
    this.expire(Number.POSITIVE_INFINITY);
  }

  #giveUp(entry: number, counter: 'queries_timeout' | 'queries_lost_at_close'): void {
    const { sink, start } = this.#options;
    const phase = this.#phaseOf(entry);
    const offsetNs = this.#waiting.scheduledNsOf(entry) - start.monotonicNs;
    const eose = this.#shapeOf(entry).eoseIn(this.#waiting.connectionOf(entry));
    sink.count(phase, counter);
    sink.censored(eose, phase, offsetNs);
    sink.censored(eose + 1, phase, offsetNs);
    this.#options.answers?.drop(this.#waiting.keyLowOf(entry));
  }

  /**
   * A query that was never written is slower than all others, as one that is never answered; in the region of the client that it was
   * for, where there is one.
   */
  #neverSent(counter: 'queries_unsent' | 'queries_dropped', ...arrival: Parameters<OnArrival>): void {
    const [number, offsetNs, connection] = arrival;
    const { sink } = this.#options;
    const phase = sink.phaseOf(offsetNs);
    const { shape } = this.#frames.draw(number);
    const eose = connection === NONE ? shape.eose : shape.eoseIn(connection);
    sink.count(phase, counter);
    sink.censored(eose, phase, offsetNs);
    sink.censored(eose + 1, phase, offsetNs);
  }

  isReady(): boolean {
    return true;
  }

  build(slot: number, number: number): void {
    const { filter, shapeIndex } = this.#frames.draw(number);
    const sequence = this.#sequence++;
    this.#options.answers?.onBuilt(sequence, filter);
    const frame = this.#frames.request(sequence, filter);
    this.store.length[slot] = frame.copy(this.store.bytes, this.store.startOf(slot));
    this.store.keyLow[slot] = sequence;
    this.store.tag[slot] = shapeIndex;
  }

  #failed(entry: number): FailedQuery {
    const waiting = this.#waiting;
    const [connection, sequence] = [waiting.connectionOf(entry), waiting.keyLowOf(entry)];
    return { connection, sequence, number: this.#tallies.numberOf(entry) };
  }

  #countOverflow(entry: number, phase: number, stored: number): void {
    this.#options.sink.count(phase, 'query_overflows');
    this.#cases.overflowed(this.#failed(entry), stored, this.#shapeOf(entry).limit);
  }

  /** How many events of an answer can't have come live. */
  #surelyStored(entry: number): number {
    const live = this.#options.mayComeLive(monotonicNs() - this.#waiting.startedNsOf(entry));
    return Math.max(this.#tallies.storedOf(entry), this.#tallies.receivedBy(entry) - live);
  }

  /** Ends a query that would not end: the relay sends and sends. */
  #overflow(entry: number, phase: number, sequence: number): void {
    const connection = this.#waiting.connectionOf(entry);
    this.#countOverflow(entry, phase, this.#surelyStored(entry));
    this.#options.sink.count(phase, 'queries_closed');
    this.#options.answers?.drop(sequence);
    this.#end(entry, monotonicNs(), QUERY_END.stopped);
    this.#sendClose(connection, sequence);
  }

  /** The query is over on this side; the relay may yet say something. */
  #end(entry: number, endedNs: number, how: number): void {
    this.#late.add(this.#waiting, entry, endedNs, how);
    this.#waiting.remove(entry);
  }

  #sendClose(connection: number, sequence: number): void {
    this.#options.sendNow(connection, this.#frames.close(sequence));
  }

  #shapeOf(entry: number): QueryShape {
    return this.#shapes[this.#waiting.tagOf(entry)] as QueryShape;
  }

  #phaseOf(entry: number): number {
    const { sink, start } = this.#options;
    return sink.phaseOf(this.#waiting.scheduledNsOf(entry) - start.monotonicNs);
  }

  #record(entry: number, phase: number, series: number): void {
    const endedNs = monotonicNs();
    const { sink } = this.#options;
    sink.latency(series, phase, this.#waiting.scheduledNsOf(entry), endedNs);
    sink.latency(series + 1, phase, this.#waiting.waitedFromNsOf(entry), endedNs);
  }
}
