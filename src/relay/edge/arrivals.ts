import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import type { StoredEvent } from '../store/stored-event.ts';

/** An id is remembered until this many seconds after its event came, or after `created_at` where that is later. */
const KEEP_S = 90;

/**
 * How many seconds before the last sign of life an event may say that it was made, to be found again after a gap: what came
 * before the gap is still remembered, and so is told from what was missed.
 */
export const CATCH_UP_SLACK_S = 60;

interface Known {
  readonly created_at: number;
  /** The Unix second until which it is remembered. */
  readonly until: number;
}

/** Ids of the events that have come from the origin, so that each is delivered once, also over a gap. */
export class Arrivals {
  readonly #known = new Map<string, Known>();

  /** Remembers an event; false where it was known. */
  add({ id, created_at }: StoredEvent, nowSeconds: number): boolean {
    if (this.#known.has(id)) return false;
    this.#known.set(id, { created_at, until: Math.max(nowSeconds, created_at) + KEEP_S });
    return true;
  }

  /** Those that say that they were made from that second on, newest first. */
  since(second: number): Ordered[] {
    const found: Ordered[] = [];
    for (const [id, { created_at }] of this.#known) if (created_at >= second) found.push({ id, created_at });
    return found.sort(compareNewestFirst);
  }

  /** Forgets what is old; not to be called while events may be missed. */
  age(nowSeconds: number): void {
    for (const [id, { until }] of this.#known) if (until < nowSeconds) this.#known.delete(id);
  }
}
