import type { SeriesTable } from '../../metric/series-table.ts';
import type { Drawable } from '../draw-filter.ts';
import type { WeightedFilter } from '../filter-shares.ts';

/** A filter of the scenario, ready for use. */
export interface QueryShape {
  readonly asked: Drawable;
  /** The limit of the filter; Infinity where it has none. */
  readonly limit: number;
  /** A query is stopped beyond so many stored events. */
  readonly mostEvents: number;
  readonly firstEvent: number;
  readonly eose: number;
}

/** A relay may send somewhat more than the limit; beyond twice of it and this margin the query is stopped. */
const OVERFLOW_MARGIN = 100;
/** Assumed where a filter names no limit: relays have one of their own. */
const ASSUMED_LIMIT = 5_000;

export function shapesOf(filters: readonly WeightedFilter[], series: SeriesTable): readonly QueryShape[] {
  return filters.map((asked) => {
    const { name, filter } = asked;
    const limit = filter['limit'];
    return {
      asked,
      limit: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
      mostEvents: (typeof limit === 'number' ? limit : ASSUMED_LIMIT) * 2 + OVERFLOW_MARGIN,
      firstEvent: series.indexOf('first_event_latency', name),
      eose: series.indexOf('eose_latency', name),
    };
  });
}
