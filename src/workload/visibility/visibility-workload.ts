import { monotonicNs, NS_PER_MS, NS_PER_S } from '../../base/clock.ts';
import { encodeMaskedTextFrame, messageOfMaskedFrame } from '../../base/websocket-frame.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { parseJson } from '../../nostr/json.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import { NONE } from '../../wire/pending-table.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import type { CaseSink } from '../case-sink.ts';
import type { EventFate, EventOutcome } from '../event-fate.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { ArrivalStream } from '../stream.ts';
import type { SubscriptionOwner } from '../worker-part.ts';
import type { Askers } from './askers.ts';

/** First letter of the subscription ids of polls. */
export const VISIBILITY_LETTER = 'v';

export interface VisibilityOptions {
  readonly askers: Askers;
  /** Samples a second of this worker, at most. */
  readonly samples_per_s: number;
  readonly everyMs: number;
  readonly atOnce: number;
  readonly timeoutMs: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly cases: CaseSink;
  readonly send: (connection: number, frame: Buffer) => void;
  readonly nextMask: () => number;
}

/** A published event that is watched. */
interface Watched {
  readonly id: string;
  /** Of its arrival. */
  readonly number: number;
  readonly publisher: number;
  readonly scheduledNs: number;
  readonly startedNs: number;
  readonly phase: number;
  /** When the relay said OK; Infinity before. */
  okNs: number;
  /** The poll under way. */
  poll: { readonly sequence: number; readonly connection: number; readonly writtenNs: number } | null;
  polls: number;
  isBehindOk: boolean;
  timer: NodeJS.Timeout | null;
}

/**
 * EVENT → the first REQ by its id that returns it. A sample of the events that are published is asked for again and again,
 * on other connections, until a REQ returns it before its EOSE: what comes live does not count.
 */
export class VisibilityWorkload implements ArrivalStream, EventFate, SubscriptionOwner {
  readonly unwritten = 0;
  readonly #options: VisibilityOptions;
  readonly #series: number;
  /** By the number of their arrival. */
  readonly #watched = new Map<number, Watched>();
  /** Those whose poll is under way, by its sequence number. */
  readonly #asking = new Map<number, Watched>();
  #sequence = 0;
  #nextSampleNs = 0;

  constructor(options: VisibilityOptions) {
    this.#options = options;
    this.#series = options.series.indexOf('visibility_latency');
  }

  /** Events that are watched. */
  get pending(): number {
    return this.#watched.size;
  }

  get isOver(): boolean {
    return this.#watched.size === 0;
  }

  /** What is published makes its arrivals. */
  dueNs(): number {
    return Number.POSITIVE_INFINITY;
  }

  fire(): void {
    // It has no arrivals of its own.
  }

  readAhead(): boolean {
    return false;
  }

  onSent(store: FrameStore, slot: number, scheduledNs: number, startedNs: number): void {
    const { samples_per_s, atOnce, sink, start } = this.#options;
    if (startedNs < this.#nextSampleNs || this.#watched.size >= atOnce) return;
    const gapNs = NS_PER_S / samples_per_s;
    // What came late is made up for, by one at most.
    this.#nextSampleNs = Math.max(this.#nextSampleNs || startedNs, startedNs - gapNs) + gapNs;
    const at = store.startOf(slot);
    const id = idIn(store.bytes.subarray(at, at + (store.length[slot] as number)));
    if (id === null) return;
    const number = store.number[slot] as number;
    const phase = sink.phaseOf(scheduledNs - start.monotonicNs);
    const publisher = store.connection[slot] as number;
    const watched: Watched = {
      ...{ id, number, publisher, scheduledNs, startedNs, phase },
      ...{ okNs: Number.POSITIVE_INFINITY, poll: null, polls: 0, isBehindOk: false, timer: null },
    };
    this.#watched.set(number, watched);
    sink.count(phase, 'visibility_samples');
    this.#poll(watched);
  }

  onEnded(number: number, outcome: EventOutcome): void {
    const watched = this.#watched.get(number);
    if (watched === undefined) return;
    if (outcome === 'failed') this.#end(watched, 'visibility_refused');
    else watched.okNs = monotonicNs();
  }

  onEvent(connection: number, sequence: number, frame: Buffer): boolean {
    const watched = this.#asking.get(sequence);
    if (watched?.poll?.connection !== connection) return this.#wasAsked(sequence);
    if (!frame.includes(watched.id)) return true;
    const nowNs = monotonicNs();
    const { sink } = this.#options;
    sink.latency(this.#series, watched.phase, watched.scheduledNs, nowNs);
    sink.latency(this.#series + 1, watched.phase, watched.startedNs, nowNs);
    this.#end(watched, 'visibility_seen');
    return true;
  }

  onEose(connection: number, sequence: number): boolean {
    const watched = this.#asking.get(sequence);
    if (watched?.poll?.connection !== connection) return this.#wasAsked(sequence);
    if (watched.poll.writtenNs > watched.okNs) this.#noteBehindOk(watched);
    this.#askAgain(watched);
    return true;
  }

  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const watched = this.#asking.get(sequence);
    if (watched?.poll?.connection !== connection) return this.#wasAsked(sequence);
    this.#options.sink.countWord(watched.phase, 'visibility_closes', prefix);
    this.#askAgain(watched);
    return true;
  }

  /** Polls under way on that connection get no answer: they are made on others. */
  onConnectionClosed(connection: number): void {
    for (const watched of [...this.#asking.values()])
      if (watched.poll?.connection === connection) this.#askAgain(watched);
  }

  expire(nowNs: number): void {
    const { timeoutMs } = this.#options;
    for (const watched of [...this.#watched.values()])
      if (watched.startedNs + timeoutMs * NS_PER_MS <= nowNs) this.#timeOut(watched);
  }

  /** Give up everything that was not seen: at the end of the drain. */
  expireAll(): void {
    this.expire(Number.POSITIVE_INFINITY);
  }

  #poll(watched: Watched): void {
    const connection = this.#options.askers.pick(watched.publisher);
    if (connection === NONE) {
      this.#pollIn(watched, this.#options.everyMs);
      return;
    }
    const sequence = this.#sequence++;
    watched.poll = { sequence, connection, writtenNs: monotonicNs() };
    watched.polls++;
    this.#asking.set(sequence, watched);
    this.#options.sink.count(watched.phase, 'visibility_polls');
    this.#send(connection, ['REQ', numberedSubscription(VISIBILITY_LETTER, sequence), { ids: [watched.id] }]);
  }

  #askAgain(watched: Watched): void {
    const { everyMs } = this.#options;
    const passedMs = (monotonicNs() - (watched.poll?.writtenNs ?? 0)) / NS_PER_MS;
    this.#endPoll(watched);
    this.#pollIn(watched, Math.max(0, everyMs - passedMs));
  }

  #pollIn(watched: Watched, ms: number): void {
    watched.timer = setTimeout(() => this.#poll(watched), ms);
  }

  /** No subscription stays open: the event would come live. */
  #endPoll(watched: Watched): void {
    const { poll } = watched;
    if (poll === null) return;
    watched.poll = null;
    this.#asking.delete(poll.sequence);
    this.#send(poll.connection, ['CLOSE', numberedSubscription(VISIBILITY_LETTER, poll.sequence)]);
  }

  #end(watched: Watched, counter: 'visibility_seen' | 'visibility_timeout' | 'visibility_refused'): void {
    this.#endPoll(watched);
    if (watched.timer !== null) clearTimeout(watched.timer);
    this.#watched.delete(watched.number);
    this.#options.sink.count(watched.phase, counter);
  }

  #timeOut(watched: Watched): void {
    const { sink, start } = this.#options;
    const offsetNs = watched.scheduledNs - start.monotonicNs;
    sink.censored(this.#series, watched.phase, offsetNs);
    sink.censored(this.#series + 1, watched.phase, offsetNs);
    this.#keep('visibility_timeout', watched, `${watched.polls} times asked for and never returned in time`);
    this.#end(watched, 'visibility_timeout');
  }

  #noteBehindOk(watched: Watched): void {
    if (watched.isBehindOk) return;
    watched.isBehindOk = true;
    this.#options.sink.count(watched.phase, 'visibility_behind_ok');
    this.#keep('visibility_behind_ok', watched, 'a REQ written after its OK did not return it');
  }

  #keep(counter: string, { id, poll, publisher }: Watched, note: string): void {
    const { cases } = this.#options;
    if (!cases.wants(counter)) return;
    const subscription = poll === null ? '' : numberedSubscription(VISIBILITY_LETTER, poll.sequence);
    const connection = poll?.connection ?? publisher;
    cases.add(counter, {
      connection,
      subscription,
      filter: { ids: [id] },
      expected: [{ id }],
      got: [],
      note,
    });
  }

  #wasAsked(sequence: number): boolean {
    return sequence < this.#sequence;
  }

  #send(connection: number, message: readonly unknown[]): void {
    this.#options.send(connection, encodeMaskedTextFrame(JSON.stringify(message), this.#options.nextMask()));
  }
}

/** The id of the event in the frame that publishes it; null where there is none. */
function idIn(frame: Buffer): string | null {
  const message = parseJson(messageOfMaskedFrame(frame));
  const event: unknown = Array.isArray(message) ? message[1] : null;
  return typeof event === 'object' && event !== null && 'id' in event && typeof event.id === 'string'
    ? event.id
    : null;
}
