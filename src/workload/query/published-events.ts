import { NS_PER_S } from '../../base/clock.ts';
import type { ReplayOrder } from '../../corpus/replay/replay-order.ts';
import type { EventFate, EventOutcome } from '../event-fate.ts';
import type { ArrivalSchedule } from '../frame-ahead.ts';
import type { PublishedKnowledge } from './answer-samples.ts';

export interface PublishedEventsOptions {
  readonly order: ReplayOrder;
  /** Events below are stored before the load. */
  readonly first: number;
  /** Whether this worker publishes all events; what others have had acknowledged is not known here. */
  readonly isAlone: boolean;
  /** The arrivals of all workers; for this alone. */
  readonly everyArrival: ArrivalSchedule;
  readonly start: { readonly monotonicNs: number };
  /** Event of the corpus that was refused or never answered. */
  readonly onFailed: (event: number) => void;
  /** The relay had events of the corpus before they were published. */
  readonly onKnownBefore: () => void;
}

/** A relay with replicas may need this long until every one of them answers with an event. */
const SETTLE_NS = NS_PER_S;

/** Follows which events of the corpus the relay surely has, and which it can't have yet. */
export class PublishedEvents implements EventFate, PublishedKnowledge {
  readonly #options: PublishedEventsOptions;
  /** All events below have ended. */
  #low: number;
  /** Ended events from there on. */
  readonly #ended = new Set<number>();
  /** How far it was when; the last second and what came just before. */
  readonly #marks: { atNs: number; low: number }[];

  constructor(options: PublishedEventsOptions) {
    this.#options = options;
    this.#low = options.first;
    this.#marks = [{ atNs: 0, low: options.first }];
  }

  onSent(): void {
    // Only the end of an event tells something.
  }

  onEnded(number: number, outcome: EventOutcome): void {
    const { order, onFailed, onKnownBefore, isAlone } = this.#options;
    const event = order.eventOf(number);
    if (outcome === 'failed' || outcome === 'superseded') onFailed(event);
    if (outcome === 'duplicate' && order.isFirst(number)) onKnownBefore();
    if (!isAlone || event < this.#low) return;
    this.#ended.add(event);
    while (this.#ended.delete(this.#low)) this.#low++;
  }

  /** To be called some times a second. */
  mark(nowNs: number): void {
    this.#marks.push({ atNs: nowNs, low: this.#low });
    this.#forget(nowNs);
  }

  certainBelow(nowNs: number): number {
    this.#forget(nowNs);
    return this.#marks[0]?.low ?? this.#options.first;
  }

  sentBelow(nowNs: number): number {
    const { everyArrival, start, order } = this.#options;
    while (everyArrival.peekNs() + start.monotonicNs <= nowNs) everyArrival.advance();
    return order.endOf(everyArrival.peekNumber());
  }

  #forget(nowNs: number): void {
    while ((this.#marks[1]?.atNs ?? Number.POSITIVE_INFINITY) <= nowNs - SETTLE_NS) this.#marks.shift();
  }
}
