/** How long clients stay: a lognormal distribution. */
export interface Stay {
  readonly medianMs: number;
  /** Standard deviation of the logarithm; 0 makes all stay equally long. */
  readonly sigma: number;
}

/** How long clients stay on average, ms. */
export function meanStayMs({ medianMs, sigma }: Stay): number {
  return medianMs * Math.exp((sigma * sigma) / 2);
}

/** How many are there at once in the long run where so many come a second (Little's law). */
export function presentAtOnce(rate_per_s: number, stay: Stay): number {
  return (rate_per_s * meanStayMs(stay)) / 1_000;
}
