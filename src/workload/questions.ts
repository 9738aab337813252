import { monotonicNs, NS_PER_MS } from '../base/clock.ts';
import { createRandom } from '../base/random.ts';
import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import type { CounterMetric } from '../metric/counters.ts';
import type { FrameStore } from '../wire/frame-store.ts';
import type { FrameOwner } from '../wire/outbox.ts';
import { NONE, PendingTable } from '../wire/pending-table.ts';
import type { Clients } from './clients.ts';
import { type ArrivalSchedule, FrameAhead, type FrameBuilder } from './frame-ahead.ts';
import { FrameSender } from './frame-sender.ts';
import { LateReplies, type LateRepliesOptions } from './late-replies.ts';
import type { ArrivalStream } from './stream.ts';

/** What became of questions, by the counter that counts it. */
export interface QuestionCounters {
  readonly sent: CounterMetric;
  readonly unsent: CounterMetric;
  readonly dropped: CounterMetric;
  readonly timeout: CounterMetric;
  readonly lost: CounterMetric;
}

export interface QuestionsOptions extends LateRepliesOptions {
  readonly store: FrameStore;
  readonly schedule: ArrivalSchedule;
  readonly clients: Clients;
  readonly seed: number;
  /** Names the masking keys of this worker's frames. */
  readonly label: string;
  readonly timeoutMs: number;
  readonly counters: QuestionCounters;
  /** The message that an arrival sends; asked once for each, in ascending order. */
  readonly messageOf: (number: number, sequence: number) => readonly unknown[];
  /** The latency of the answer; its twin is the next series. */
  readonly seriesOf: (number: number) => number;
  /** The question was never answered, or its connection closed, or it was never written. */
  readonly onForgotten: (sequence: number) => void;
  /** It waited until its deadline, or until the run ended. */
  readonly onTimeout: (asked: Asked) => void;
}

/** A question under way, or one that has just ended. */
export interface Asked {
  /** Of its arrival. */
  readonly number: number;
  readonly sequence: number;
  readonly connection: number;
  readonly phase: number;
}

/**
 * Questions that are asked on a schedule, each in one message with a subscription id of its own: sent, timed, given up
 * and counted. What an answer is and when it is complete, their owner says. Questions are known by the sequence number
 * of their subscription id.
 */
export class Questions implements ArrivalStream, FrameOwner, FrameBuilder {
  readonly store: FrameStore;
  readonly sender: FrameSender;
  readonly #options: QuestionsOptions;
  readonly #waiting = new PendingTable();
  readonly #late: LateReplies;
  readonly #mask: () => number;
  readonly #lagSeries: number;
  #sequence = 0;

  constructor(options: QuestionsOptions) {
    this.#options = options;
    this.store = options.store;
    this.#late = new LateReplies(options);
    this.#mask = createRandom(options.seed, `${options.label}-masks`).uint32;
    this.#lagSeries = options.series.indexOf('send_lag');
    this.sender = new FrameSender({
      ahead: new FrameAhead(options.schedule, options.store, this),
      pick: () => options.clients.pick(),
      isScheduled: true,
      onUnsent: (number, offsetNs) => this.#neverSent(options.counters.unsent, number, offsetNs),
      onDropped: (number, offsetNs) => this.#neverSent(options.counters.dropped, number, offsetNs),
    });
  }

  get pending(): number {
    return this.#waiting.size;
  }

  get unwritten(): number {
    return this.sender.unwritten;
  }

  /** Whether every question has been asked and has ended. */
  get isOver(): boolean {
    return this.sender.isExhausted && this.pending === 0 && this.unwritten === 0;
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

  isReady(): boolean {
    return true;
  }

  build(slot: number, number: number): void {
    const sequence = this.#sequence++;
    const frame = this.frameOf(this.#options.messageOf(number, sequence));
    this.store.length[slot] = frame.copy(this.store.bytes, this.store.startOf(slot));
    this.store.keyLow[slot] = sequence;
  }

  /** A frame of this worker. */
  frameOf(message: readonly unknown[]): Buffer {
    return encodeMaskedTextFrame(JSON.stringify(message), this.#mask());
  }

  onWritten(slot: number, connection: number, startedNs: number): void {
    const { sink, start, counters } = this.#options;
    const offsetNs = this.store.offsetNs[slot] as number;
    const scheduledNs = start.monotonicNs + offsetNs;
    const phase = sink.phaseOf(offsetNs);
    const sequence = this.store.keyLow[slot] as number;
    this.sender.written();
    sink.count(phase, counters.sent);
    // Where the client was away, the target is to blame for the delay.
    const hasWaited = this.store.hasWaited[slot] === 1;
    if (!hasWaited) sink.latency(this.#lagSeries, phase, scheduledNs, startedNs);
    const entry = this.#waiting.add(connection, sequence, connection, this.store.number[slot] as number);
    this.#waiting.setTimes(entry, scheduledNs, startedNs, hasWaited ? scheduledNs : startedNs);
  }

  onUnwritten(slot: number, connection: number): void {
    this.#options.onForgotten(this.store.keyLow[slot] as number);
    const { number, offsetNs } = this.store;
    this.sender.lost(number[slot] as number, offsetNs[slot] as number, connection);
  }

  /** The question, where it waits. */
  find(connection: number, sequence: number): Asked | null {
    const entry = this.#entryOf(connection, sequence);
    return entry === NONE ? null : this.#asked(entry);
  }

  /**
   * It has been answered.
   * @param endedNs when its last answer came, monotonic; now where left out
   * @returns null where it does not wait
   */
  answered(connection: number, sequence: number, endedNs: number = monotonicNs()): Asked | null {
    const entry = this.#entryOf(connection, sequence);
    if (entry === NONE) return null;
    const asked = this.#asked(entry);
    const { sink, seriesOf } = this.#options;
    const series = seriesOf(asked.number);
    sink.latency(series, asked.phase, this.#waiting.scheduledNsOf(entry), endedNs);
    sink.latency(series + 1, asked.phase, this.#waiting.waitedFromNsOf(entry), endedNs);
    this.#waiting.remove(entry);
    return asked;
  }

  /** It has ended without an answer. @returns null where it does not wait */
  refused(connection: number, sequence: number): Asked | null {
    const entry = this.#entryOf(connection, sequence);
    if (entry === NONE) return null;
    const asked = this.#asked(entry);
    this.#waiting.remove(entry);
    return asked;
  }

  /** Whether a reply that ends a question comes after its deadline: then it is counted as late, once. */
  isLate(connection: number, sequence: number): boolean {
    const over = this.#late.find(connection, sequence, connection);
    if (over === NONE) return false;
    this.#late.count(over);
    this.#late.forget(over);
    return true;
  }

  /** Whether that question was ever built on this worker. */
  wasAsked(sequence: number): boolean {
    return sequence < this.#sequence;
  }

  onConnectionClosed(connection: number): void {
    this.#late.onConnectionClosed(connection);
    const { lost } = this.#options.counters;
    this.#waiting.removeConnection(connection, (entry) => this.#giveUp(entry, lost));
  }

  expire(nowNs: number): void {
    const timeoutNs = this.#options.timeoutMs * NS_PER_MS;
    this.#waiting.expire(nowNs - timeoutNs, (entry) => {
      this.#late.add(this.#waiting, entry, this.#waiting.startedNsOf(entry) + timeoutNs);
      this.#options.onTimeout(this.#asked(entry));
      this.#giveUp(entry, this.#options.counters.timeout);
    });
  }

  /** Give up every question that is still unanswered: at the end of the drain. */
  expireAll(): void {
    this.expire(Number.POSITIVE_INFINITY);
  }

  #giveUp(entry: number, counter: CounterMetric): void {
    const { start, onForgotten } = this.#options;
    const { phase, number, sequence } = this.#asked(entry);
    this.#censor(counter, phase, number, this.#waiting.scheduledNsOf(entry) - start.monotonicNs);
    onForgotten(sequence);
  }

  #neverSent(counter: CounterMetric, number: number, offsetNs: number): void {
    this.#censor(counter, this.#options.sink.phaseOf(offsetNs), number, offsetNs);
  }

  /** What is never answered is slower than all that is. */
  #censor(counter: CounterMetric, phase: number, number: number, offsetNs: number): void {
    const { sink, seriesOf } = this.#options;
    const series = seriesOf(number);
    sink.count(phase, counter);
    sink.censored(series, phase, offsetNs);
    sink.censored(series + 1, phase, offsetNs);
  }

  #entryOf(connection: number, sequence: number): number {
    return this.#waiting.find(connection, sequence);
  }

  #asked(entry: number): Asked {
    const { sink, start } = this.#options;
    return {
      number: this.#waiting.tagOf(entry),
      sequence: this.#waiting.keyLowOf(entry),
      connection: this.#waiting.connectionOf(entry),
      phase: sink.phaseOf(this.#waiting.scheduledNsOf(entry) - start.monotonicNs),
    };
  }
}
