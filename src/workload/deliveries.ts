import { monotonicNs } from '../base/clock.ts';
import { NO_TOPIC } from '../corpus/event-frames.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import { type Filter, FilterMatcher } from '../nostr/filter.ts';
import { receivedEvent } from '../nostr/received-event.ts';
import type { FrameStore } from '../wire/frame-store.ts';
import { LIVE_SUBSCRIPTION } from '../wire/subscription-id.ts';
import type { CaseSink } from './case-sink.ts';
import type { EventFate, EventOutcome } from './event-fate.ts';
import type { Recogniser } from './recognise.ts';
import type { SampleSink } from './sample-sink.ts';

/** A live subscription of this worker. */
export interface Subscriber {
  readonly connection: number;
  readonly topic: number;
}

export interface DeliveryOptions {
  readonly recogniser: Recogniser;
  readonly subscribers: readonly Subscriber[];
  /** Events of this worker per second at the highest level: sizes the window. */
  readonly events_per_s: number;
  /** How long an event may be under way, in seconds. */
  readonly window_s: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  /** Number of the relay process that a connection has reached; negative where that is not known. */
  readonly relayOf: (connection: number) => number;
  /** Phase of this moment. */
  readonly currentPhase: () => number;
  readonly cases: CaseSink;
}

const FREE = 0;
const SENT = 1;
const ACCEPTED = 2;

/**
 * EVENT at subscribers. Every topic lives on one worker, publisher and subscribers alike, so an event's times,
 * its expected receivers and who has it already are all known here. Events under way are kept in a window of
 * fixed size; one that leaves the window with receivers missing is counted as incomplete.
 */
export class DeliveryTracker implements EventFate {
  readonly #options: DeliveryOptions;
  readonly #recogniser: Recogniser;
  readonly #window: number;
  readonly #number: Float64Array;
  readonly #state: Uint8Array;
  readonly #scheduledNs: Float64Array;
  readonly #startedNs: Float64Array;
  readonly #expected: Uint32Array;
  readonly #received: Uint32Array;
  /** Relay process of the publisher. */
  readonly #origin: Int16Array;
  /** One bit a subscriber of the topic, for each event of the window. */
  readonly #seen: Uint8Array;
  readonly #seenBytes: number;
  /** Place of a subscriber among those of its topic, by connection; its topic. */
  readonly #placeOf = new Map<number, { place: number; topic: number }>();
  readonly #live = new Set<number>();
  readonly #sizeOf = new Map<number, number>();
  readonly #series: { delivery: number; last: number; cross: number };
  readonly #workerStep: number;
  #filterOf: (topic: number) => Filter = () => ({});
  readonly #matchers = new Map<number, FilterMatcher>();

  constructor(options: DeliveryOptions, workers: number) {
    this.#options = options;
    this.#workerStep = workers;
    this.#recogniser = options.recogniser;
    this.#window = windowFor(options.events_per_s * options.window_s);
    this.#number = new Float64Array(this.#window).fill(-1);
    this.#state = new Uint8Array(this.#window);
    this.#scheduledNs = new Float64Array(this.#window);
    this.#startedNs = new Float64Array(this.#window);
    this.#expected = new Uint32Array(this.#window);
    this.#received = new Uint32Array(this.#window);
    this.#origin = new Int16Array(this.#window);
    const largest = this.#placeSubscribers(options.subscribers);
    this.#seenBytes = Math.ceil(largest / 8);
    this.#seen = new Uint8Array(this.#window * this.#seenBytes);
    this.#series = {
      delivery: options.series.indexOf('delivery_latency'),
      last: options.series.indexOf('delivery_last_latency'),
      cross: options.series.indexOf('delivery_cross_latency'),
    };
  }

  /** The subscription of a connection is live: it has seen its EOSE. */
  onSubscribed(connection: number): void {
    if (this.#placeOf.has(connection)) this.#live.add(connection);
  }

  /** The subscription of a connection has ended; what it asked for stays expected. */
  onUnsubscribed(connection: number): void {
    this.#live.delete(connection);
  }

  isSubscriber(connection: number): boolean {
    return this.#placeOf.has(connection);
  }

  isLive(connection: number): boolean {
    return this.#live.has(connection);
  }

  /** Subscriptions to a topic that the scenario asks for, whatever has become of them. */
  subscribersOf(topic: number): number {
    return this.#sizeOf.get(topic) ?? 0;
  }

  /** Events whose deliveries are not complete. */
  get incomplete(): number {
    let count = 0;
    for (let slot = 0; slot < this.#window; slot++) if (this.#state[slot] === ACCEPTED) count++;
    return count;
  }

  onSent(store: FrameStore, stored: number, scheduledNs: number, startedNs: number): void {
    const topic = store.tag[stored] as number;
    if (topic === NO_TOPIC) return;
    const number = store.number[stored] as number;
    const slot = this.#slotOf(number);
    this.#retire(slot);
    this.#recogniser.forget(this.#number[slot] as number);
    this.#recogniser.remember(store, stored);
    this.#number[slot] = number;
    this.#state[slot] = SENT;
    this.#scheduledNs[slot] = scheduledNs;
    this.#startedNs[slot] = startedNs;
    this.#expected[slot] = this.subscribersOf(topic);
    this.#received[slot] = 0;
    this.#origin[slot] = this.#options.relayOf(store.connection[stored] as number);
    this.#seen.fill(0, slot * this.#seenBytes, (slot + 1) * this.#seenBytes);
  }

  onEnded(number: number, outcome: EventOutcome): void {
    const slot = this.#slotOf(number);
    if (outcome !== 'accepted' || this.#number[slot] !== number || this.#state[slot] !== SENT) return;
    this.#state[slot] = ACCEPTED;
    this.#retireIfComplete(slot);
  }

  /** @returns false where the event is not one that this subscription asked for */
  onLiveEvent(connection: number, frame: Buffer): boolean {
    const endedNs = monotonicNs();
    const subscriber = this.#placeOf.get(connection);
    if (subscriber === undefined) return false;
    if (!this.#recogniser.read(frame)) return this.#unknown(connection, subscriber.topic, frame);
    const { number, topic } = this.#recogniser;
    if (topic !== subscriber.topic) {
      this.#unmatched(connection, subscriber.topic, frame);
      return true;
    }
    const slot = this.#slotOf(number);
    // Long complete, or given up: it came again, or far too late.
    if (this.#number[slot] !== number) return true;
    if (this.#deliver(slot, subscriber.place, endedNs)) this.#recordCrossing(slot, connection, endedNs);
    return true;
  }

  /** The filters of the subscriptions, by topic. */
  useFilters(filterOf: (topic: number) => Filter): void {
    this.#filterOf = filterOf;
    this.#matchers.clear();
  }

  /** Count what is still missing; at the end of the drain. */
  retireAll(): void {
    for (let slot = 0; slot < this.#window; slot++) this.#retire(slot);
  }

  /** An event that this run did not publish, or long ago: another client's, which must match all the same (NIP-01). */
  #unknown(connection: number, topic: number, frame: Buffer): boolean {
    const event = receivedEvent(frame);
    if (event === null) return false;
    if (!this.#matcherOf(topic).matches(event)) this.#unmatched(connection, topic, frame);
    return true;
  }

  #unmatched(connection: number, topic: number, frame: Buffer): void {
    const { sink, cases, currentPhase } = this.#options;
    sink.count(currentPhase(), 'deliveries_unmatched');
    if (!cases.wants('deliveries_unmatched')) return;
    const event = receivedEvent(frame);
    const got = event === null ? [] : [{ id: event.id, kind: event.kind }];
    const filter = this.#filterOf(topic);
    cases.add('deliveries_unmatched', {
      connection,
      subscription: LIVE_SUBSCRIPTION,
      filter,
      expected: [],
      got,
    });
  }

  #matcherOf(topic: number): FilterMatcher {
    const known = this.#matchers.get(topic);
    if (known !== undefined) return known;
    const matcher = new FilterMatcher(this.#filterOf(topic));
    this.#matchers.set(topic, matcher);
    return matcher;
  }

  /** @returns false where the subscriber has it already */
  #deliver(slot: number, place: number, endedNs: number): boolean {
    const { sink } = this.#options;
    const phase = this.#phaseOf(slot);
    const at = slot * this.#seenBytes + (place >> 3);
    const bit = 1 << (place & 7);
    if (((this.#seen[at] as number) & bit) !== 0) {
      sink.count(phase, 'deliveries_duplicate');
      return false;
    }
    this.#seen[at] = (this.#seen[at] as number) | bit;
    const received = (this.#received[slot] as number) + 1;
    this.#received[slot] = received;
    this.#record(slot, this.#series.delivery, endedNs);
    if (received === this.#expected[slot]) this.#record(slot, this.#series.last, endedNs);
    this.#retireIfComplete(slot);
    return true;
  }

  /** Counts a delivery whose publisher and subscriber are known to be on different relay processes. */
  #recordCrossing(slot: number, connection: number, endedNs: number): void {
    const origin = this.#origin[slot] as number;
    if (this.#series.cross < 0 || origin < 0) return;
    const relay = this.#options.relayOf(connection);
    if (relay >= 0 && relay !== origin) this.#record(slot, this.#series.cross, endedNs);
  }

  #record(slot: number, series: number, endedNs: number): void {
    const { sink } = this.#options;
    const phase = this.#phaseOf(slot);
    sink.latency(series, phase, this.#scheduledNs[slot] as number, endedNs);
    sink.latency(series + 1, phase, this.#startedNs[slot] as number, endedNs);
  }

  #retireIfComplete(slot: number): void {
    if (
      this.#state[slot] === ACCEPTED &&
      (this.#received[slot] as number) >= (this.#expected[slot] as number)
    ) {
      this.#retire(slot);
    }
  }

  /** Settle the account of an event. One that was not accepted owes no deliveries. */
  #retire(slot: number): void {
    if (this.#state[slot] === ACCEPTED) {
      const { sink } = this.#options;
      const offsetNs = this.#offsetNsOf(slot);
      const phase = sink.phaseOf(offsetNs);
      const expected = this.#expected[slot] as number;
      const received = Math.min(this.#received[slot] as number, expected);
      sink.count(phase, 'deliveries_expected', expected);
      sink.count(phase, 'deliveries_received', received);
      sink.count(phase, 'deliveries_missing', expected - received);
      if (received < expected) this.#censor(offsetNs, expected - received);
    }
    this.#state[slot] = FREE;
  }

  /** What never arrived is slower than all that did. */
  #censor(offsetNs: number, missing: number): void {
    const { sink } = this.#options;
    const phase = sink.phaseOf(offsetNs);
    const { delivery, last } = this.#series;
    for (const series of [delivery, delivery + 1]) sink.censored(series, phase, offsetNs, missing);
    for (const series of [last, last + 1]) sink.censored(series, phase, offsetNs);
  }

  #phaseOf(slot: number): number {
    return this.#options.sink.phaseOf(this.#offsetNsOf(slot));
  }

  #offsetNsOf(slot: number): number {
    return (this.#scheduledNs[slot] as number) - this.#options.start.monotonicNs;
  }

  #slotOf(number: number): number {
    return Math.floor(number / this.#workerStep) % this.#window;
  }

  /** @returns the number of subscribers of the largest topic */
  #placeSubscribers(subscribers: readonly Subscriber[]): number {
    for (const { connection, topic } of subscribers) {
      const place = this.subscribersOf(topic);
      this.#placeOf.set(connection, { place, topic });
      this.#sizeOf.set(topic, place + 1);
    }
    return Math.max(1, ...this.#sizeOf.values());
  }
}

/** A power of two with room for the events under way. */
function windowFor(events: number): number {
  const SMALLEST = 256;
  const LARGEST = 1 << 20;
  return Math.min(LARGEST, Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(Math.max(1, events)))));
}
