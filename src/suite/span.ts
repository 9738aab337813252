/** A value above zero with its interval; null ends are not known. */
export interface Span {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What makes up a quotient: those that multiply it and those that divide it. */
export interface Factors {
  readonly over: readonly Span[];
  readonly under: readonly Span[];
}

/**
 * A quotient of values that were measured independently, with its interval: on logarithms, by the recovery of variances
 * (Zou and Donner 2008). An end is known only where all that it depends on is.
 * @returns null where a value is not above zero: it has no logarithm
 */
export function quotientOf({ over, under }: Factors): Span | null {
  if ([...over, ...under].some(({ value }) => !(value > 0))) return null;
  const sum = (spans: readonly Span[]): number => spans.reduce((all, { value }) => all + Math.log(value), 0);
  const middle = sum(over) - sum(under);
  const low = together([...over.map(downwards), ...under.map(upwards)]);
  const high = together([...over.map(upwards), ...under.map(downwards)]);
  return {
    value: Math.exp(middle),
    low: low === null ? null : Math.exp(middle - low),
    high: high === null ? null : Math.exp(middle + high),
  };
}

/** How far a value may lie lower, on logarithms. */
function downwards({ value, low }: Span): number | null {
  return low === null || low <= 0 ? null : Math.max(0, Math.log(value / low));
}

function upwards({ value, high }: Span): number | null {
  return high === null ? null : Math.max(0, Math.log(high / value));
}

function together(reaches: readonly (number | null)[]): number | null {
  const known = reaches.filter((reach) => reach !== null);
  return known.length < reaches.length ? null : Math.hypot(...known);
}
