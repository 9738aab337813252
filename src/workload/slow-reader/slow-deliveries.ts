import { monotonicNs } from '../../base/clock.ts';
import { NO_TOPIC } from '../../corpus/event-frames.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { EventFate, EventOutcome } from '../event-fate.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { Recogniser } from '../subscribe/recognise.ts';

export interface SlowDeliveriesOptions {
  readonly recogniser: Recogniser;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  /** Of `slow_delivery_latency`; its twin is the next. */
  readonly series: number;
  /** Events that are under way at once; of older ones nobody says any more what becomes of them. */
  readonly most: number;
}

/** An event that slow readers wait for. */
interface UnderWay {
  readonly number: number;
  readonly topic: number;
  readonly scheduledNs: number;
  readonly startedNs: number;
  readonly phase: number;
  /** Those that it has not reached. */
  readonly waiting: Set<number>;
  isAccepted: boolean;
  expected: number;
  received: number;
  cut: number;
}

/**
 * EVENT at readers that are slow on purpose. They are told apart from all others: what they have not read when the relay
 * closes them is cut off, what has not come to them in the end is behind, and nothing of it is missing.
 */
export class SlowDeliveries implements EventFate {
  readonly #options: SlowDeliveriesOptions;
  /** In the order in which they were sent. */
  readonly #underWay = new Map<number, UnderWay>();
  /** Readers with a live subscription, by topic. */
  readonly #live = new Map<number, Set<number>>();

  constructor(options: SlowDeliveriesOptions) {
    this.#options = options;
  }

  /** Events that were accepted and have not reached all readers. */
  get incomplete(): number {
    let count = 0;
    for (const { isAccepted } of this.#underWay.values()) if (isAccepted) count++;
    return count;
  }

  onSubscribed(connection: number, topic: number): void {
    const live = this.#live.get(topic) ?? new Set();
    this.#live.set(topic, live);
    live.add(connection);
  }

  /** The relay has ended the subscription of a reader, or closed it: what it waits for does not come. */
  onReaderGone(connection: number): void {
    for (const live of this.#live.values()) live.delete(connection);
    for (const event of [...this.#underWay.values()]) {
      if (!event.waiting.delete(connection)) continue;
      event.cut++;
      this.#settleIfDone(event);
    }
  }

  onSent(store: FrameStore, slot: number, scheduledNs: number, startedNs: number): void {
    const topic = store.tag[slot] as number;
    const live = topic === NO_TOPIC ? undefined : this.#live.get(topic);
    if (live === undefined || live.size === 0) return;
    const { sink, start } = this.#options;
    const number = store.number[slot] as number;
    if (this.#underWay.size >= this.#options.most) this.#settleOldest();
    this.#underWay.set(number, {
      ...{ number, topic, scheduledNs, startedNs },
      phase: sink.phaseOf(scheduledNs - start.monotonicNs),
      waiting: new Set(live),
      ...{ isAccepted: false, expected: live.size, received: 0, cut: 0 },
    });
  }

  onEnded(number: number, outcome: EventOutcome): void {
    const event = this.#underWay.get(number);
    if (event === undefined) return;
    if (outcome !== 'accepted') {
      this.#underWay.delete(number);
      return;
    }
    event.isAccepted = true;
    this.#settleIfDone(event);
  }

  /** @returns false where it is no event of this run, or none of that topic */
  onEvent(connection: number, topic: number, frame: Buffer): boolean {
    const { recogniser, sink, series } = this.#options;
    if (!recogniser.read(frame) || recogniser.topic !== topic) return false;
    const event = this.#underWay.get(recogniser.number);
    // Settled long ago, or it comes for the second time: no matter of slow readers.
    if (event === undefined || !event.waiting.delete(connection)) return true;
    const nowNs = monotonicNs();
    event.received++;
    sink.latency(series, event.phase, event.scheduledNs, nowNs);
    sink.latency(series + 1, event.phase, event.startedNs, nowNs);
    this.#settleIfDone(event);
    return true;
  }

  /** Nothing more will come. @returns deliveries that did not */
  settleAll(): number {
    let behind = 0;
    for (const event of [...this.#underWay.values()]) {
      if (event.isAccepted) behind += event.waiting.size;
      this.#settle(event);
    }
    return behind;
  }

  #settleOldest(): void {
    for (const event of this.#underWay.values()) {
      this.#settle(event);
      return;
    }
  }

  #settleIfDone(event: UnderWay): void {
    if (event.isAccepted && event.waiting.size === 0) this.#settle(event);
  }

  /** One that was not accepted owes no deliveries. */
  #settle({ number, isAccepted, phase, expected, received, cut, waiting }: UnderWay): void {
    this.#underWay.delete(number);
    if (!isAccepted) return;
    const { sink } = this.#options;
    sink.count(phase, 'slow_deliveries_expected', expected);
    sink.count(phase, 'slow_deliveries_received', received);
    sink.count(phase, 'slow_deliveries_cut', cut);
    sink.count(phase, 'slow_deliveries_behind', waiting.size);
  }
}
