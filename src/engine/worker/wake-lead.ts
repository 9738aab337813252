/** Before anything was measured: what a sleeping thread and the message from it take on an idle machine. */
const FIRST_GUESS_NS = 150_000;
const LEAST_NS = 40_000;
/** A machine that wakes later than this is asked for no more: the loop would spin all the time. */
const MOST_NS = 400_000;
const QUANTILE = 0.9;
const STEP_NS = 10_000;

/**
 * How long before an arrival a sleeping loop must be woken, ns: the 90th percentile of how late it was woken so far.
 * It depends on the machine (50 µs on bare metal, several times that where an idle core of a virtual machine has to be
 * woken), so it is followed rather than fixed: a step up for a wake later than it, a ninth of a step down for
 * the others (stochastic approximation of a quantile, Robbins and Monro 1951).
 */
export class WakeLead {
  #leadNs = FIRST_GUESS_NS;

  get ns(): number {
    return this.#leadNs;
  }

  /** @param latenessNs from the wished to the real wake; left out where it is negative or NaN (a wish taken back) */
  observe(latenessNs: number): void {
    if (!(latenessNs >= 0)) return;
    const step = latenessNs > this.#leadNs ? STEP_NS * QUANTILE : -STEP_NS * (1 - QUANTILE);
    this.#leadNs = Math.min(MOST_NS, Math.max(LEAST_NS, this.#leadNs + step));
  }
}
