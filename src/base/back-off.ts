/** How a client waits between its attempts. */
export interface BackOff {
  /** Upper bound of the first wait, ms. */
  readonly firstMs: number;
  /** Upper bound of every wait, ms. */
  readonly longestMs: number;
  /** Whether waits are drawn below their bound (the default); otherwise each is as long as that. */
  readonly hasJitter?: boolean;
}

/** What clients of Nostr do: within a second at first, at least twice a minute in the end. */
export const CLIENT_BACK_OFF: BackOff = { firstMs: 1_000, longestMs: 30_000 };

/**
 * Full jitter: a wait is uniform between nothing and a bound that doubles with every attempt, so that clients which were
 * lost together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * @param attempt how many attempts have failed so far, from 0
 * @param unit uniform in [0, 1)
 * @returns milliseconds, fractions included
 */
export function waitMs(
  { firstMs, longestMs, hasJitter = true }: BackOff,
  attempt: number,
  unit: number,
): number {
  return (hasJitter ? unit : 1) * Math.min(longestMs, firstMs * 2 ** attempt);
}
