import type { Drawable } from '../draw-filter.ts';
import type { WeightedFilter } from '../filter-shares.ts';
import { type Regional, type SeriesOfConnection, seriesByRegion } from '../regional-series.ts';

/** A filter of the scenario, ready for use. */
export interface QueryShape {
  readonly asked: Drawable;
  /** The limit of the filter; Infinity where it has none. */
  readonly limit: number;
  /** A query is stopped beyond so many stored events. */
  readonly mostEvents: number;
  /** Of what no client asked, and of all where there are no regions. */
  readonly firstEvent: number;
  readonly eose: number;
  readonly firstEventIn: SeriesOfConnection;
  readonly eoseIn: SeriesOfConnection;
}

/** A relay may send somewhat more than the limit; beyond twice of it and this margin the query is stopped. */
const OVERFLOW_MARGIN = 100;
/** Assumed where a filter names no limit: relays have one of their own. */
const ASSUMED_LIMIT = 5_000;

export function shapesOf(filters: readonly WeightedFilter[], regional: Regional): readonly QueryShape[] {
  const { series } = regional;
  return filters.map((asked) => {
    const { name, filter } = asked;
    const limit = filter['limit'];
    const firstEvent = series.indexOf('first_event_latency', name);
    const eose = series.indexOf('eose_latency', name);
    return {
      asked,
      limit: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
      mostEvents: (typeof limit === 'number' ? limit : ASSUMED_LIMIT) * 2 + OVERFLOW_MARGIN,
      firstEvent,
      eose,
      firstEventIn: seriesByRegion(regional, 'first_event_latency', name) ?? (() => firstEvent),
      eoseIn: seriesByRegion(regional, 'eose_latency', name) ?? (() => eose),
    };
  });
}
