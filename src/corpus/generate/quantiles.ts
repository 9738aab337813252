import type { Draws } from './draws.ts';

/** A distribution by its quantiles: pairs of share (0 … 1, ascending, from 0 to 1) and value. */
export type Quantiles = readonly (readonly [share: number, value: number])[];

/** A whole number from the distribution; linear between two quantiles. */
export function drawQuantile(draws: Draws, quantiles: Quantiles): number {
  const share = draws.unit();
  for (let i = 1; i < quantiles.length; i++) {
    const [end, high] = quantiles[i] as Quantiles[number];
    if (share >= end) continue;
    const [start, low] = quantiles[i - 1] as Quantiles[number];
    return Math.round(low + ((share - start) / (end - start)) * (high - low));
  }
  throw new RangeError('quantiles must end with share 1');
}
