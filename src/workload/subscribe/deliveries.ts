import { monotonicNs } from '../../base/clock.ts';
import { NO_TOPIC } from '../../corpus/event-frames.ts';
import type { Filter } from '../../nostr/filter.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { EventFate, EventOutcome } from '../event-fate.ts';
import { DeliveryCases, type MissedEvent } from './delivery-cases.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import type { Recogniser } from './recognise.ts';
import { SeenBits } from './seen-bits.ts';
import { Subscribers } from './subscribers.ts';
import { windowFor } from './window-size.ts';

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
  /** By subscriber of the topic, for each event of the window. */
  readonly #seen: SeenBits;
  /** Topic, and the beginning of the id, for the evidence. */
  readonly #topic: Int32Array;
  readonly #idHigh: Uint32Array;
  readonly #idLow: Uint32Array;
  readonly #createdAt_s: Float64Array;
  readonly #subscribers: Subscribers;
  readonly #cases: DeliveryCases;
  readonly #series: { delivery: number; last: number; cross: number };
  readonly #workerStep: number;

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
    this.#topic = new Int32Array(this.#window);
    this.#idHigh = new Uint32Array(this.#window);
    this.#idLow = new Uint32Array(this.#window);
    this.#createdAt_s = new Float64Array(this.#window);
    this.#subscribers = new Subscribers(options.subscribers);
    this.#cases = new DeliveryCases(options.cases);
    this.#seen = new SeenBits(this.#window, this.#subscribers.largest);
    this.#series = {
      delivery: options.series.indexOf('delivery_latency'),
      last: options.series.indexOf('delivery_last_latency'),
      cross: options.series.indexOf('delivery_cross_latency'),
    };
  }

  /** The subscription of a connection is live: it has seen its EOSE. */
  onSubscribed(connection: number): void {
    this.#subscribers.setLive(connection, true);
  }

  /** The subscription of a connection has ended; what it asked for stays expected. */
  onUnsubscribed(connection: number): void {
    this.#subscribers.setLive(connection, false);
  }

  isSubscriber(connection: number): boolean {
    return this.#subscribers.placeOf(connection) !== undefined;
  }

  isLive(connection: number): boolean {
    return this.#subscribers.isLive(connection);
  }

  /** Subscriptions to a topic that the scenario asks for, whatever has become of them. */
  subscribersOf(topic: number): number {
    return this.#subscribers.of(topic).length;
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
    this.#topic[slot] = topic;
    this.#idHigh[slot] = store.keyHigh[stored] as number;
    this.#idLow[slot] = store.keyLow[stored] as number;
    this.#createdAt_s[slot] = store.createdAt_s[stored] as number;
    this.#origin[slot] = this.#options.relayOf(store.connection[stored] as number);
    this.#seen.clear(slot);
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
    const subscriber = this.#subscribers.placeOf(connection);
    if (subscriber === undefined) return false;
    this.#options.gaps?.seen(connection, frame, this.isLive(connection));
    if (!this.#recogniser.read(frame)) return this.#unknown(connection, subscriber.topic, frame);
    const { number, topic } = this.#recogniser;
    if (topic !== subscriber.topic) {
      this.#unmatched(connection, subscriber.topic, frame);
      return true;
    }
    const slot = this.#slotOf(number);
    // Long complete, or given up: it came again, or far too late.
    if (this.#number[slot] !== number) return true;
    if (this.#seen.mark(slot, subscriber.place)) this.#deliver(slot, connection, endedNs);
    else if (!this.#mayRepeat(slot, connection)) {
      this.#options.sink.count(this.#phaseOf(slot), 'deliveries_duplicate');
      this.#cases.got('deliveries_duplicate', { connection, topic }, frame);
    }
    return true;
  }

  #mayRepeat(slot: number, connection: number): boolean {
    return this.#options.gaps?.mayRepeat(connection, this.#startedNs[slot] as number) === true;
  }

  /** The filters of the subscriptions, by topic. */
  useFilters(filterOf: (topic: number) => Filter): void {
    this.#cases.useFilters(filterOf);
  }

  /** Count what is still missing; at the end of the drain. */
  retireAll(): void {
    for (let slot = 0; slot < this.#window; slot++) this.#retire(slot);
  }

  /** An event that this run did not publish, or long ago: another client's, which must match all the same (NIP-01). */
  #unknown(connection: number, topic: number, frame: Buffer): boolean {
    const event = receivedEvent(frame);
    if (event === null) return false;
    if (!this.#cases.matches(topic, event)) this.#unmatched(connection, topic, frame);
    return true;
  }

  #unmatched(connection: number, topic: number, frame: Buffer): void {
    const { sink, currentPhase } = this.#options;
    sink.count(currentPhase(), 'deliveries_unmatched');
    this.#cases.got('deliveries_unmatched', { connection, topic }, frame);
  }

  #deliver(slot: number, connection: number, endedNs: number): void {
    const received = (this.#received[slot] as number) + 1;
    this.#received[slot] = received;
    const { gaps, sink, deliveryIn } = this.#options;
    if (gaps !== null && !this.isLive(connection)) sink.count(this.#phaseOf(slot), 'deliveries_refilled');
    this.#record(slot, deliveryIn?.(connection) ?? this.#series.delivery, endedNs);
    this.#recordCrossing(slot, connection, endedNs);
    if (received === this.#expected[slot]) this.#record(slot, this.#series.last, endedNs);
    this.#retireIfComplete(slot);
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
      const phase = this.#phaseOf(slot);
      const expected = this.#expected[slot] as number;
      const received = Math.min(this.#received[slot] as number, expected);
      sink.count(phase, 'deliveries_expected', expected);
      sink.count(phase, 'deliveries_received', received);
      const outOfReach = received < expected ? this.#missed(slot, expected - received) : 0;
      sink.count(phase, 'deliveries_missing', expected - received - outOfReach);
      sink.count(phase, 'deliveries_out_of_reach', outOfReach);
    }
    this.#state[slot] = FREE;
  }

  /** What never arrived is slower than all that did. @returns how much of it was not owed */
  #missed(slot: number, missing: number): number {
    const { sink } = this.#options;
    const offsetNs = this.#offsetNsOf(slot);
    const phase = sink.phaseOf(offsetNs);
    const { delivery, last } = this.#series;
    for (const series of [delivery, delivery + 1]) sink.censored(series, phase, offsetNs, missing);
    for (const series of [last, last + 1]) sink.censored(series, phase, offsetNs);
    if (this.#options.gaps === null && !this.#cases.wantsMissing) return 0;
    const event = this.#missedEvent(slot);
    this.#cases.missing(event);
    return Math.max(0, missing - event.missing.length);
  }

  #missedEvent(slot: number): MissedEvent {
    const { gaps } = this.#options;
    const topic = this.#topic[slot] as number;
    const connections = this.#subscribers.of(topic);
    const owed = {
      startedNs: this.#startedNs[slot] as number,
      createdAt_s: this.#createdAt_s[slot] as number,
    };
    return {
      topic,
      idHigh: this.#idHigh[slot] as number,
      idLow: this.#idLow[slot] as number,
      expected: connections.length,
      missing: connections.filter(
        (connection, place) => !this.#seen.has(slot, place) && gaps?.isOwed(connection, owed) !== false,
      ),
    };
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
}
