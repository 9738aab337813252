/** What a search begins with and how exact it is. */
export interface RateSearch {
  /** Where to begin, operations per second. */
  readonly first_per_s: number;
  /** Each step up or down, before the limit lies between two rates, is by this factor. */
  readonly step: number;
  /** The search ends where the rates on both sides of the limit differ by no more than this factor. */
  readonly precision: number;
  /** Rates beyond these are not tried. */
  readonly least_per_s: number;
  readonly most_per_s: number;
}

/** A limit between two rates that were tried. */
export interface FoundRate<T> {
  /** The highest rate that held and what was seen at it; null where none did. */
  readonly held: { readonly rate_per_s: number; readonly seen: T } | null;
  /** The lowest rate that did not hold; null where all did. */
  readonly failed_per_s: number | null;
}

/**
 * The highest rate at which something holds: up or down from a guess until the limit lies between two rates, then bisected in
 * logarithms.
 * @param attempt tries one rate; null where it does not hold
 */
export async function searchRate<T>(
  { first_per_s, step, precision, least_per_s, most_per_s }: RateSearch,
  attempt: (rate_per_s: number) => Promise<T | null>,
): Promise<FoundRate<T>> {
  let held: FoundRate<T>['held'] = null;
  let failed_per_s: number | null = null;
  let rate_per_s: number | null = Math.round(Math.min(Math.max(first_per_s, least_per_s), most_per_s));
  while (rate_per_s !== null) {
    const seen = await attempt(rate_per_s);
    if (seen === null) failed_per_s = rate_per_s;
    else held = { rate_per_s, seen };
    rate_per_s = nextRate(held?.rate_per_s ?? null, failed_per_s);
  }
  return { held, failed_per_s };

  function nextRate(low: number | null, high: number | null): number | null {
    if (low === null) return within((high ?? first_per_s) / step, least_per_s, (high ?? most_per_s) - 1);
    if (high === null) return within(low * step, low + 1, most_per_s);
    return high / low <= precision ? null : within(Math.sqrt(low * high), low + 1, high - 1);
  }
}

/** A rate that was not tried yet; null where the bounds leave none. */
function within(rate_per_s: number, least: number, most: number): number | null {
  return least > most ? null : Math.round(Math.min(Math.max(rate_per_s, least), most));
}
