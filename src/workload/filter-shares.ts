import type { Drawable } from './draw-filter.ts';

/** A shape of filter, as a plan has it. */
export interface WeightedFilter extends Drawable {
  readonly name: string;
  readonly weight: number;
}

/** Upper edges of the shares of 0..1, in the order of the filters. */
export function sharesOf(filters: readonly { readonly weight: number }[]): readonly number[] {
  const sum = filters.reduce((total, { weight }) => total + weight, 0);
  let reached = 0;
  return filters.map(({ weight }) => {
    reached += weight / sum;
    return reached;
  });
}

/** The filter in whose share a draw falls. @param draw 0..1 */
export function pickShare(shares: readonly number[], draw: number): number {
  const index = shares.findIndex((edge) => draw < edge);
  return index === -1 ? shares.length - 1 : index;
}

/** Around the filter: the word, the subscription id, and a `since` that is drawn. */
const OVERHEAD = 96;

/** An upper bound for the frames that ask with these filters: each drawn value is at most 64 characters, quotes and a comma. */
export function maxFilterFrameBytes(filters: readonly Drawable[]): number {
  const sizes = filters.map(({ filter }) =>
    Object.values(filter).reduce<number>(
      (sum, value) => sum + (typeof value === 'number' ? value * 68 + 32 : 0),
      Buffer.byteLength(JSON.stringify(filter)),
    ),
  );
  return Math.max(...sizes) + OVERHEAD;
}
