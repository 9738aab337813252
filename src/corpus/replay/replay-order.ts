/** Which events a run replays, and how often. */
export interface ReplaySpec {
  /** The first event that is published, from 0; those before it are stored already. */
  readonly first: number;
  /** The event after the last one; Infinity where the corpus goes on without an end. */
  readonly end: number;
  /** How often each event is published. */
  readonly copies: number;
}

/** Copies of an event follow the one before them after so many other events. */
export const COPY_DISTANCE = 100;

/**
 * The event of each arrival. With copies, 100 events are published in their order, then the same again, and so on,
 * then the next 100: so the copies of an event are apart, as those of clients who pass on what they have just
 * received, and what a reader must remember stays small.
 */
export class ReplayOrder {
  readonly #spec: ReplaySpec;

  constructor(spec: ReplaySpec) {
    this.#spec = spec;
  }

  /** Number of the event that arrival `n` (from 0) publishes. */
  eventOf(n: number): number {
    const { first, copies } = this.#spec;
    if (copies === 1) return first + n;
    const { start, events, place } = this.#block(n);
    return start + (place % events);
  }

  /** Whether arrival `n` publishes its event for the first time. */
  isFirst(n: number): boolean {
    if (this.#spec.copies === 1) return true;
    const { events, place } = this.#block(n);
    return place < events;
  }

  /** The lowest event that arrival `n` or a later one publishes. */
  lowestFrom(n: number): number {
    return this.#spec.copies === 1 ? this.#spec.first + n : this.#block(n).start;
  }

  /** One more than the highest event that an arrival before `n` publishes. */
  endOf(n: number): number {
    if (n <= 0) return this.#spec.first;
    if (this.#spec.copies === 1) return this.#spec.first + n;
    const { start, events, place } = this.#block(n - 1);
    return start + Math.min(place + 1, events);
  }

  #block(n: number): { start: number; events: number; place: number } {
    const { first, end, copies } = this.#spec;
    const arrivals = COPY_DISTANCE * copies;
    const number = Math.floor(n / arrivals);
    const start = first + number * COPY_DISTANCE;
    return { start, events: Math.min(COPY_DISTANCE, end - start), place: n - number * arrivals };
  }
}
