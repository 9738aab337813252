import type { Filter } from '../../nostr/filter.ts';
import type { LimitedFilter } from './store.ts';

/** What a filter asks for besides its limit and a part of its range of time, as a text: whatever the order of its fields. */
function conditionsOf(filter: Filter, besides: readonly (keyof Filter)[]): string {
  const fields = Object.entries(filter)
    .filter(([name]) => !besides.includes(name as keyof Filter))
    .map(([name, value]) => [name, Array.isArray(value) ? [...new Set(value)].sort() : value]);
  return JSON.stringify(fields.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

function groupsOf<F extends Filter>(
  filters: readonly F[],
  besides: (filter: F) => readonly (keyof Filter)[],
): F[][] {
  const groups = new Map<string, F[]>();
  for (const filter of filters) {
    const conditions = conditionsOf(filter, besides(filter));
    const group = groups.get(conditions);
    if (group === undefined) groups.set(conditions, [filter]);
    else group.push(filter);
  }
  return [...groups.values()];
}

const FIRST_SECOND = Number.NEGATIVE_INFINITY;
const LAST_SECOND = Number.POSITIVE_INFINITY;

/** Whether the answer to one filter is in that to another, the two being equal but for `since` and `limit`. */
function isWithin(inner: LimitedFilter, outer: LimitedFilter): boolean {
  return (inner.since ?? FIRST_SECOND) >= (outer.since ?? FIRST_SECOND) && inner.limit <= outer.limit;
}

/**
 * Filters without those in whose place another one answers: of equal conditions, from an earlier second on, with a limit that
 * is no lower. The newest of what is later are among the newest of all. What a search finds is in the order of relevance, so
 * that of searches only the limits may differ.
 */
export function widestFilters(filters: readonly LimitedFilter[]): readonly LimitedFilter[] {
  if (filters.length < 2) return filters;
  const besides = ({ search }: LimitedFilter): readonly (keyof Filter)[] =>
    search === undefined ? ['limit', 'since'] : ['limit'];
  return groupsOf(filters, besides).flatMap((group) => {
    const kept: LimitedFilter[] = [];
    for (const filter of group) {
      if (kept.some((other) => isWithin(filter, other))) continue;
      const others = kept.splice(0).filter((other) => !isWithin(other, filter));
      kept.push(...others, filter);
    }
    return kept;
  });
}

/** The range of time of a filter, both ends inclusive. */
interface Range {
  readonly since: number;
  readonly until: number;
}

function rangeOf({ since = FIRST_SECOND, until = LAST_SECOND }: Filter): Range {
  return { since, until };
}

/** Ranges that overlap or follow each other become one. */
function joined(ranges: readonly Range[]): Range[] {
  const disjoint: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.since - b.since)) {
    const last = disjoint.at(-1);
    if (last === undefined || range.since > last.until + 1) disjoint.push(range);
    else disjoint[disjoint.length - 1] = { since: last.since, until: Math.max(last.until, range.until) };
  }
  return disjoint;
}

function withRange(filter: Filter, { since, until }: Range): Filter {
  const { limit: _limit, since: _since, until: _until, ...rest } = filter;
  return {
    ...rest,
    ...(since === FIRST_SECOND ? {} : { since }),
    ...(until === LAST_SECOND ? {} : { until }),
  };
}

/**
 * Filters that together match the same events, whatever their limits: those of equal conditions do so in ranges of time that
 * have nothing in common, so that no event is looked at twice for them.
 */
export function disjointFilters(filters: readonly Filter[]): readonly Filter[] {
  if (filters.length < 2) return filters;
  return groupsOf<Filter>(filters, () => ['limit', 'since', 'until']).flatMap((group) => {
    const [first = {}] = group;
    return joined(group.map(rangeOf)).map((range) => withRange(first, range));
  });
}
