/**
 * Counts what somebody may do: so much a second, and after a silence what has been saved, up to the size of the
 * bucket. Takes the time as an argument, so that nothing has to run for it.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #size: number;
  #tokens: number;
  #filledMs: number;

  /** @param burstS seconds' worth of tokens that the bucket holds; at least one token */
  constructor(ratePerS: number, burstS: number, nowMs: number) {
    this.#perMs = ratePerS / 1_000;
    this.#size = Math.max(1, ratePerS * burstS);
    this.#tokens = this.#size;
    this.#filledMs = nowMs;
  }

  /** Takes one token; false where there is none. */
  take(nowMs: number): boolean {
    return this.takeUpToAll(nowMs, 1);
  }

  /** Takes some tokens, or all that a full bucket holds where they are fewer; false where there are not so many. */
  takeUpToAll(nowMs: number, count: number): boolean {
    this.#fill(nowMs);
    const taken = Math.min(count, this.#size);
    if (this.#tokens < taken) return false;
    this.#tokens -= taken;
    return true;
  }

  /** Whether nothing was taken lately: a new bucket would be the same. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens === this.#size;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledMs);
    this.#tokens = Math.min(this.#size, this.#tokens + elapsedMs * this.#perMs);
    this.#filledMs = nowMs;
  }
}
