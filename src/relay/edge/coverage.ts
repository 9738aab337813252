import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import type { Listed } from '../fanout/subscription-index.ts';
import type { LimitedFilter } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';

/** What of a filter an edge holds. */
export interface CoverageParts {
  /** Unix seconds, inclusive; -Infinity and Infinity where the filter has none. */
  readonly since: number;
  readonly until: number;
  /** The oldest event up to which everything is held; null where that is everything of the range. */
  readonly floor: Ordered | null;
}

/**
 * A filter, and all events from the newest of its range down to a floor that match it. Below the floor nothing is known, so
 * that what reaches there is not answered from here.
 */
export class Coverage implements Listed {
  lastDelivery = 0;
  readonly #parts: CoverageParts;
  /** Newest first. */
  readonly #events: StoredEvent[] = [];

  constructor(parts: CoverageParts) {
    this.#parts = parts;
  }

  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  get floor(): Ordered | null {
    return this.#parts.floor;
  }

  /**
   * The answer to a filter of the same conditions; null where it may have events that are not held.
   * @param nowSeconds what has expired by then is left out
   */
  answer(
    { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit }: LimitedFilter,
    nowSeconds: number,
  ): readonly StoredEvent[] | null {
    if (until > this.#parts.until) return null;
    const found: StoredEvent[] = [];
    for (const event of this.#events) {
      if (event.created_at < since) break;
      if (event.created_at > until || event.expiresAt <= nowSeconds) continue;
      if (found.push(event) >= limit) return found;
    }
    return this.#reaches(since) ? found : null;
  }

  /** Whether an event is in the part that is held, if it matches. */
  reachesTo(event: Ordered): boolean {
    const { since, until, floor } = this.#parts;
    if (event.created_at < since || event.created_at > until) return false;
    return floor === null || compareNewestFirst(event, floor) <= 0;
  }

  /** Adds an event that matches and is in the part that is held. */
  add(event: StoredEvent): void {
    const place = this.#placeOf(event);
    if (this.#events[place]?.id !== event.id) this.#events.splice(place, 0, event);
  }

  remove(event: StoredEvent): void {
    const place = this.#placeOf(event);
    if (this.#events[place]?.id === event.id) this.#events.splice(place, 1);
  }

  #reaches(since: number): boolean {
    const { floor } = this.#parts;
    return floor === null ? since >= this.#parts.since : since > floor.created_at;
  }

  /** Where an event is, or would be. */
  #placeOf(event: Ordered): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareNewestFirst(this.#events[middle] as StoredEvent, event) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
