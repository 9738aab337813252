import { NS_PER_MS } from '../../base/clock.ts';
import type { Held } from '../../nostr/auth-state.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { FrameOwner } from '../../wire/outbox.ts';
import { NONE, PendingTable } from '../../wire/pending-table.ts';
import type { OkReply } from '../../wire/reply-handlers.ts';
import { CONNECTION_LOST, type EventOutcome, NO_ANSWER } from '../event-fate.ts';
import { EventsAgain } from '../events-again.ts';
import { FrameAhead, type FrameBuilder } from '../frame-ahead.ts';
import { FrameSender } from '../frame-sender.ts';
import { LateReplies } from '../late-replies.ts';
import type { ArrivalStream } from '../stream.ts';
import { EventBooks } from './event-books.ts';
import type { PublishOptions } from './publish-options.ts';

/** EVENT → OK: publishes signed events and matches each answer by the id of its event. */
export class PublishWorkload implements ArrivalStream, FrameOwner, FrameBuilder {
  readonly store: FrameStore;
  readonly sender: FrameSender;
  readonly #options: PublishOptions;
  readonly #waiting = new PendingTable();
  readonly #books: EventBooks;
  readonly #again: EventsAgain;
  readonly #late: LateReplies;
  readonly #lagSeries: number;
  /** Of the events in the slots: whether there can be newer versions. */
  readonly #slotHasVersions: Uint8Array;

  constructor(options: PublishOptions) {
    this.#options = options;
    this.store = options.store;
    this.#slotHasVersions = new Uint8Array(options.store.slots);
    const books = new EventBooks({ ...options, waiting: this.#waiting });
    this.#books = books;
    const ahead = new FrameAhead(options.schedule, options.store, this);
    this.sender = new FrameSender({
      ahead,
      pick: () => options.pick(ahead.peekNumber()),
      isScheduled: options.model.name === 'open',
      onUnsent: (...arrival) => books.neverSent('events_unsent', ...arrival),
      onDropped: (...arrival) => books.neverSent('events_dropped', ...arrival),
    });
    this.#late = new LateReplies(options);
    this.#again = new EventsAgain({
      ...options,
      waiting: this.#waiting,
      onAgain: (entry) => options.sink.count(books.phaseOf(entry), 'events_retried_after_auth'),
      onResent: (entry) => options.sink.count(books.phaseOf(entry), 'events_resent'),
      onGone: (entry) => this.#unanswered(entry, 'events_lost_at_close'),
      onRefused: (connection, refusal) => void this.onOk(connection, refusal),
    });
    this.#lagSeries = options.model.name === 'open' ? options.series.indexOf('send_lag') : NONE;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Whether every event has been published and has ended. */
  get isOver(): boolean {
    return this.sender.isExhausted && this.pending === 0 && this.unwritten === 0;
  }

  get unwritten(): number {
    return this.sender.unwritten;
  }

  dueNs(nowNs: number): number {
    return this.#options.model.dueNs(this.sender.peekNs() + this.#options.start.monotonicNs, nowNs);
  }

  readAhead(): boolean {
    return this.sender.readAhead();
  }

  fire(): void {
    this.sender.fire();
  }

  onWritten(slot: number, connection: number, startedNs: number): void {
    const { store, sink, start, model, fate } = this.#options;
    const scheduledNs =
      model.name === 'closed' ? startedNs : start.monotonicNs + (store.offsetNs[slot] as number);
    const phase = sink.phaseOf(scheduledNs - start.monotonicNs);
    const number = store.number[slot] as number;
    store.connection[slot] = connection;
    this.sender.written();
    sink.count(phase, 'events_sent');
    if (this.#options.frames.isRepeat(number)) sink.count(phase, 'events_repeated');
    // Where the client was away, the target is to blame for the delay.
    const hasWaited = store.hasWaited[slot] === 1;
    const fromNs = hasWaited ? scheduledNs : startedNs;
    if (!hasWaited) sink.latency(this.#lagSeries, phase, scheduledNs, startedNs);
    const entry = this.#waiting.add(
      store.keyHigh[slot] as number,
      store.keyLow[slot] as number,
      connection,
      number,
    );
    this.#waiting.setTimes(entry, scheduledNs, startedNs, fromNs);
    if (this.#slotHasVersions[slot] === 1) this.#books.hasVersions(number);
    this.#again.onWritten(entry, connection, store, slot);
    fate?.onSent(store, slot, scheduledNs, fromNs);
  }

  onUnwritten(slot: number, connection: number): void {
    const { number, offsetNs } = this.store;
    this.sender.lost(number[slot] as number, offsetNs[slot] as number, connection);
    this.#options.model.settled(connection);
  }

  /** @returns false where no event of this connection with that id waits, or did until its deadline */
  onAccepted(connection: number, idHigh: number, idLow: number): boolean {
    const entry = this.#entryOf(connection, idHigh, idLow);
    if (entry === NONE) return this.#isLate(connection, { idHigh, idLow, accepted: true, prefix: '' });
    this.#end(entry, this.#books.accepted(entry));
    return true;
  }

  /** @returns as of {@link onAccepted} */
  onOk(connection: number, reply: OkReply): boolean {
    const isDuplicate = reply.prefix === 'duplicate';
    if (reply.accepted && !isDuplicate) return this.onAccepted(connection, reply.idHigh, reply.idLow);
    const entry = this.#entryOf(connection, reply.idHigh, reply.idLow);
    if (entry === NONE) return this.#isLate(connection, reply);
    // A relay that has an event already may say false as well; of one that went out twice it has all that was wanted.
    const wasResent = this.#again.wasResent(entry);
    const isHad = isDuplicate && (reply.accepted || wasResent);
    if (isHad) this.#end(entry, this.#books.duplicate(entry, wasResent));
    else this.#end(entry, this.#books.refused(entry, reply.prefix), reply.prefix);
    return true;
  }

  hold(connection: number, refusal: OkReply): Held | null {
    return this.#again.hold(connection, refusal);
  }

  onConnectionClosed(connection: number): void {
    this.#late.onConnectionClosed(connection);
    // What was not answered waits until its client is back.
    if (this.#options.isAway(connection)) return;
    this.#waiting.removeConnection(connection, (entry) => this.#unanswered(entry, 'events_lost_at_close'));
  }

  onConnectionReopened(connection: number): void {
    this.#again.onReopened(connection);
  }

  expire(nowNs: number): void {
    const before = nowNs - this.#options.timeoutMs * NS_PER_MS;
    this.#waiting.expire(before, (entry) => {
      // Nobody can answer a client that is away; it sends the event again when it is back.
      if (this.#options.isAway(this.#waiting.connectionOf(entry))) this.#waiting.renew(entry, nowNs);
      else this.#giveUp(entry);
    });
  }

  /** Give up every event that is still unanswered: at the end of the drain. */
  expireAll(): void {
    this.#waiting.expire(Number.POSITIVE_INFINITY, (entry) => this.#giveUp(entry));
  }

  #giveUp(entry: number): void {
    if (this.#options.isAway(this.#waiting.connectionOf(entry))) {
      this.#unanswered(entry, 'events_lost_at_close');
      return;
    }
    this.#unanswered(entry, 'events_timeout');
    this.#books.keepTimeout(entry);
    const deadlineNs = this.#waiting.startedNsOf(entry) + this.#options.timeoutMs * NS_PER_MS;
    this.#late.add(this.#waiting, entry, deadlineNs, this.#waiting.tagOf(entry));
    this.#options.model.settled(this.#waiting.connectionOf(entry));
  }

  isReady(number: number): boolean {
    return this.#options.frames.isReady(number);
  }

  build(slot: number, number: number, offsetNs: number): void {
    const { frames, start } = this.#options;
    const createdAt_s = Math.floor((start.wallMs + offsetNs / NS_PER_MS) / 1_000);
    this.store.length[slot] = frames.write(
      this.store.bytes,
      this.store.startOf(slot),
      number,
      createdAt_s,
      offsetNs,
    );
    this.store.keyHigh[slot] = frames.idHigh;
    this.store.keyLow[slot] = frames.idLow;
    this.store.tag[slot] = frames.topic;
    this.store.createdAt_s[slot] = createdAt_s;
    this.#slotHasVersions[slot] = frames.hasVersions ? 1 : 0;
  }

  /** Whether this is the first answer to an event that was given up: late, and not for nothing. */
  #isLate(connection: number, { idHigh, idLow, accepted, prefix }: OkReply): boolean {
    const over = this.#late.find(idHigh, idLow, connection);
    if (over === NONE) return false;
    this.#late.count(over);
    const outcome = !accepted ? 'failed' : prefix === 'duplicate' ? 'duplicate' : 'accepted';
    this.#options.fate?.onLate?.(this.#late.tagOf(over), outcome, prefix);
    this.#late.forget(over);
    return true;
  }

  #entryOf(connection: number, idHigh: number, idLow: number): number {
    return this.#waiting.findOn(idHigh, idLow, connection);
  }

  #end(entry: number, outcome: EventOutcome, reason = ''): void {
    const connection = this.#waiting.connectionOf(entry);
    this.#tell(entry, outcome, reason);
    this.#waiting.remove(entry);
    this.#options.model.settled(connection);
  }

  #unanswered(entry: number, counter: 'events_timeout' | 'events_lost_at_close'): void {
    this.#books.unanswered(entry, counter);
    this.#tell(entry, 'failed', counter === 'events_timeout' ? NO_ANSWER : CONNECTION_LOST);
  }

  #tell(entry: number, outcome: EventOutcome, reason: string): void {
    this.#books.forget(entry);
    this.#options.fate?.onEnded(this.#waiting.tagOf(entry), outcome, reason);
  }
}
