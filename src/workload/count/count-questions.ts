import type { Random } from '../../base/random.ts';
import type { Filter } from '../../nostr/filter.ts';
import { type DrawPools, drawFilter } from '../draw-filter.ts';
import type { WeightedFilter } from '../filter-shares.ts';
import type { Taken } from './count-bounds.ts';
import type { CountBounds } from './judge-count.ts';

/** A filter whose matches are counted. */
export interface CountQuestion {
  readonly filter: Filter;
  /** How many events match, given what the relay took of the corpus. */
  readonly bounds: (taken: Taken) => CountBounds;
}

/** Filters that are drawn of each shape: their numbers are known before the load, so that comparing costs nothing. */
const DRAWN = 200;

/** What each shape asks, in the order of the shapes. @param boundsOf how many events match a filter */
export function drawQuestions(
  shapes: readonly WeightedFilter[],
  pools: DrawPools,
  random: Random,
  boundsOf: (filter: Filter) => CountQuestion['bounds'],
): readonly (readonly CountQuestion[])[] {
  return shapes.map((shape) => {
    const filters = Array.from({ length: DRAWN }, () => drawFilter(shape, pools, random));
    const different = new Map(filters.map((filter) => [JSON.stringify(filter), filter]));
    return [...different.values()].map((filter) => ({ filter, bounds: boundsOf(filter) }));
  });
}
