import type { SeriesTable } from '../../metric/series-table.ts';
import type { FilterTemplate } from '../draw-filter.ts';

export interface QueryFilter {
  readonly name: string;
  readonly weight: number;
  readonly filter: FilterTemplate;
}

/** A filter of the scenario, ready for use. */
export interface QueryShape {
  readonly filter: FilterTemplate;
  /** Upper edge of this shape's share of 0..1. */
  readonly cumulative: number;
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

export function shapesOf(filters: readonly QueryFilter[], series: SeriesTable): readonly QueryShape[] {
  const sum = filters.reduce((total, filter) => total + filter.weight, 0);
  let reached = 0;
  return filters.map(({ name, weight, filter }) => {
    reached += weight / sum;
    const limit = filter['limit'];
    return {
      filter,
      cumulative: reached,
      limit: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
      mostEvents: (typeof limit === 'number' ? limit : ASSUMED_LIMIT) * 2 + OVERFLOW_MARGIN,
      firstEvent: series.indexOf('first_event_latency', name),
      eose: series.indexOf('eose_latency', name),
    };
  });
}

/** @param draw 0..1 */
export function pickShape(shapes: readonly QueryShape[], draw: number): number {
  const index = shapes.findIndex((shape) => draw < shape.cumulative);
  return index === -1 ? shapes.length - 1 : index;
}

/** An upper bound for the frames of these filters: each drawn value is at most 64 characters, quotes and a comma. */
export function maxQueryFrameBytes(filters: readonly QueryFilter[]): number {
  const OVERHEAD = 64;
  const sizes = filters.map(({ filter }) =>
    Object.values(filter).reduce<number>(
      (sum, value) => sum + (typeof value === 'number' ? value * 68 + 32 : 0),
      Buffer.byteLength(JSON.stringify(filter)),
    ),
  );
  return Math.max(...sizes) + OVERHEAD;
}
