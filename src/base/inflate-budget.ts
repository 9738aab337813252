import { type ClockNs, NS_PER_S } from './clock.ts';

/** So much may be inflated within a second, whatever it came in. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Where it is more than that, so many times what came is no text: zlib reaches 1,032 times on bytes that are all the same. */
const MOST_RATIO = 100;

/**
 * How much the messages of one connection may be inflated. Each has a bound of its own, but there is no end of them: a peer that sends
 * one bomb after the other, each within its bound, keeps a core busy with a few hundred kilobytes a second.
 */
export class InflateBudget {
  readonly #clock: ClockNs;
  /** What has come since then, and to how much it was inflated. */
  #fromNs: number;
  #before = 0;
  #after = 0;

  constructor(clock: ClockNs) {
    this.#clock = clock;
    this.#fromNs = clock();
  }

  /** A message was inflated from so many bytes to so many. @returns whether that is too much: the connection has to end */
  spend(before_bytes: number, after_bytes: number): boolean {
    this.#before += before_bytes;
    this.#after += after_bytes;
    if (this.#after <= MOST_BYTES) return false;
    const nowNs = this.#clock();
    const isTooMuch = nowNs - this.#fromNs < NS_PER_S && this.#after > MOST_RATIO * this.#before;
    this.#fromNs = nowNs;
    this.#before = 0;
    this.#after = 0;
    return isTooMuch;
  }
}
