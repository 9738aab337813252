/** Ids that are remembered of one answer: 2 KiB. */
const LATE_MAX = 250;
/** Events older than this are not on their way any more. */
const RECENT_S = 600;
/** So many hex digits are a whole number without loss. */
const SHORT_ID_DIGITS = 13;

/** An id as a number: an answer may be 100,000 events, and a few are compared with those that come live meanwhile. */
export function shortId(id: string): number {
  return Number.parseInt(id.slice(-SHORT_ID_DIGITS), 16);
}

/** Whether an event may still be on its way to those who listen, as far as its own time tells. */
export function isRecent(createdAt: number, nowSeconds = Date.now() / 1_000): boolean {
  return createdAt >= nowSeconds - RECENT_S;
}

/**
 * The newest events of an answer that are recent: a query may find an event in the store before those who listen are told of
 * it, and it must not come a second time then.
 */
export class LateIds {
  readonly #ids: Float64Array;

  /** @param ids as {@link shortId} has them, newest event first */
  constructor(ids: readonly number[]) {
    this.#ids = Float64Array.from(ids.slice(0, LATE_MAX)).sort();
  }

  has(id: string): boolean {
    const wanted = shortId(id);
    let [from, to] = [0, this.#ids.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#ids[middle] as number) < wanted) from = middle + 1;
      else to = middle;
    }
    return this.#ids[from] === wanted;
  }
}
