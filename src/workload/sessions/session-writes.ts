import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import type { EventFrames } from '../../corpus/event-frames.ts';
import type { CounterMetric } from '../../metric/counters.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { Held } from '../../nostr/auth-state.ts';
import { NONE, PendingTable } from '../../wire/pending-table.ts';
import type { OkReply } from '../../wire/reply-handlers.ts';
import { type EventsAgain, eventsAgainOfVisitors } from '../events-again.ts';
import { LateReplies } from '../late-replies.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { SignedNote } from '../signed-note.ts';
import { STEP, type StepSender } from '../step-sender.ts';
import type { OkOwner } from '../worker-part.ts';

export interface SessionWritesOptions {
  readonly sender: () => StepSender;
  /** Signs notes. */
  readonly notes: EventFrames;
  /** Number of the first note of this worker, and the distance to its next. */
  readonly numbers: { readonly first: number; readonly step: number };
  readonly timeoutMs: number;
  /** Start of the load: monotonic ns, and the wall clock at that moment in ms. */
  readonly start: { readonly monotonicNs: number; readonly wallMs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** Whether the relay may yet refuse what is sent here until the client has authenticated. */
  readonly mayNeedAgain: (connection: number) => boolean;
  /** A note of this connection has ended. */
  readonly onEnded: (connection: number) => void;
}

/** What clients write: EVENT → OK. */
export class SessionWrites implements OkOwner {
  readonly #options: SessionWritesOptions;
  readonly #waiting = new PendingTable(64);
  readonly #late: LateReplies;
  readonly #again: EventsAgain;
  readonly #series: number;
  readonly #lagSeries: number;
  #next: number;

  constructor(options: SessionWritesOptions) {
    this.#options = options;
    this.#next = options.numbers.first;
    this.#series = options.series.indexOf('session_write_latency');
    this.#lagSeries = options.series.indexOf('send_lag');
    this.#late = new LateReplies(options);
    this.#again = eventsAgainOfVisitors({
      ...options,
      waiting: this.#waiting,
      onAgain: (entry) => options.sink.count(this.#phaseOf(entry), 'events_retried_after_auth'),
      onRefused: (connection, refusal) => void this.onOk(connection, refusal),
    });
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Signs a note that is to be published at this monotonic time. */
  sign(scheduledNs: number): SignedNote {
    const { notes, numbers, start } = this.#options;
    const offsetNs = scheduledNs - start.monotonicNs;
    const frame = Buffer.allocUnsafe(notes.maxFrameBytes);
    const createdAt_s = Math.floor((start.wallMs + offsetNs / NS_PER_MS) / 1_000);
    const length = notes.write(frame, 0, this.#next, createdAt_s, Math.max(0, offsetNs));
    this.#next += numbers.step;
    return { frame: frame.subarray(0, length), idHigh: notes.idHigh, idLow: notes.idLow };
  }

  /** @returns false where it could not be written */
  publish(connection: number, note: SignedNote, scheduledNs: number): boolean {
    const isStaged = this.#options.sender().send(connection, (slot) => this.#fill(slot, note, scheduledNs));
    if (!isStaged) this.#neverSent('session_writes_unsent', scheduledNs);
    return isStaged;
  }

  /** A note that the generator never came to. */
  dropped(scheduledNs: number): void {
    this.#neverSent('session_writes_dropped', scheduledNs);
  }

  onWritten(slot: number, startedNs: number): void {
    const { sink, start } = this.#options;
    const { store } = this.#options.sender();
    const connection = store.connection[slot] as number;
    const offsetNs = store.offsetNs[slot] as number;
    const scheduledNs = start.monotonicNs + offsetNs;
    const phase = sink.phaseOf(offsetNs);
    sink.count(phase, 'session_writes_sent');
    sink.latency(this.#lagSeries, phase, scheduledNs, startedNs);
    const entry = this.#waiting.add(
      store.keyHigh[slot] as number,
      store.keyLow[slot] as number,
      connection,
      0,
    );
    this.#waiting.setTimes(entry, scheduledNs, startedNs);
    this.#again.onWritten(entry, connection, store, slot);
  }

  onUnwritten(slot: number): void {
    const { store } = this.#options.sender();
    const { start, onEnded } = this.#options;
    this.#neverSent('session_writes_unsent', start.monotonicNs + (store.offsetNs[slot] as number));
    onEnded(store.connection[slot] as number);
  }

  onAccepted(connection: number, idHigh: number, idLow: number): boolean {
    return this.onOk(connection, { idHigh, idLow, accepted: true, prefix: '' });
  }

  onOk(connection: number, { idHigh, idLow, accepted, prefix }: OkReply): boolean {
    const entry = this.#waiting.findOn(idHigh, idLow, connection);
    if (entry === NONE) return this.#isLate(connection, idHigh, idLow);
    const { sink } = this.#options;
    const phase = this.#phaseOf(entry);
    if (accepted) {
      const nowNs = monotonicNs();
      sink.latency(this.#series, phase, this.#waiting.scheduledNsOf(entry), nowNs);
      sink.latency(this.#series + 1, phase, this.#waiting.startedNsOf(entry), nowNs);
      sink.count(phase, 'session_writes_accepted');
    } else sink.countWord(phase, 'session_writes_rejected', prefix);
    this.#waiting.remove(entry);
    this.#options.onEnded(connection);
    return true;
  }

  hold(connection: number, refusal: OkReply): Held | null {
    return this.#again.hold(connection, refusal);
  }

  /** A connection is gone, whoever has closed it. */
  onConnectionClosed(connection: number): void {
    this.#late.onConnectionClosed(connection);
    this.#waiting.removeConnection(connection, (entry) =>
      this.#giveUp(entry, 'session_writes_lost_at_close'),
    );
  }

  expire(nowNs: number): void {
    const { timeoutMs } = this.#options;
    this.#waiting.expire(nowNs - timeoutMs * NS_PER_MS, (entry) => {
      this.#late.add(this.#waiting, entry, this.#waiting.startedNsOf(entry) + timeoutMs * NS_PER_MS);
      this.#giveUp(entry, 'session_writes_timeout');
    });
  }

  #fill(slot: number, { frame, idHigh, idLow }: SignedNote, scheduledNs: number): void {
    const { store } = this.#options.sender();
    store.length[slot] = frame.copy(store.bytes, store.startOf(slot));
    store.tag[slot] = STEP.write;
    store.keyHigh[slot] = idHigh;
    store.keyLow[slot] = idLow;
    store.offsetNs[slot] = scheduledNs - this.#options.start.monotonicNs;
  }

  #isLate(connection: number, idHigh: number, idLow: number): boolean {
    const over = this.#late.find(idHigh, idLow, connection);
    if (over === NONE) return false;
    this.#late.count(over);
    this.#late.forget(over);
    return true;
  }

  #giveUp(entry: number, counter: CounterMetric): void {
    this.#neverSent(counter, this.#waiting.scheduledNsOf(entry));
    this.#options.onEnded(this.#waiting.connectionOf(entry));
  }

  /** What is never acknowledged is slower than all that is. */
  #neverSent(counter: CounterMetric, scheduledNs: number): void {
    const { sink, start } = this.#options;
    const offsetNs = scheduledNs - start.monotonicNs;
    const phase = sink.phaseOf(offsetNs);
    sink.count(phase, counter);
    for (const each of [this.#series, this.#series + 1]) sink.censored(each, phase, offsetNs);
  }

  #phaseOf(entry: number): number {
    const { sink, start } = this.#options;
    return sink.phaseOf(this.#waiting.scheduledNsOf(entry) - start.monotonicNs);
  }
}
