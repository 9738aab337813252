import type { StoredEvent } from '../store/stored-event.ts';

/** An id is remembered until this many seconds after its event came, or after `created_at` where that is later. */
const KEEP_S = 90;

/**
 * How many seconds before the last sign of life an event may say that it was made, to be found again after a gap: what came
 * before the gap is still remembered, and so is told from what was missed.
 */
export const CATCH_UP_SLACK_S = 60;

/** Ids of the events that have come from the origin, so that each is delivered once, also over a gap. */
export class Arrivals {
  /** Id to the Unix second until which it is remembered. */
  readonly #keptUntil = new Map<string, number>();

  /** Remembers an event; false where it was known. */
  add({ id, created_at }: StoredEvent, nowSeconds: number): boolean {
    if (this.#keptUntil.has(id)) return false;
    this.#keptUntil.set(id, Math.max(nowSeconds, created_at) + KEEP_S);
    return true;
  }

  /** Forgets what is old; not to be called while events may be missed. */
  age(nowSeconds: number): void {
    for (const [id, until] of this.#keptUntil) if (until < nowSeconds) this.#keptUntil.delete(id);
  }
}
