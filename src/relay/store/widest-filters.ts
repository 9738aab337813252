import type { LimitedFilter } from './store.ts';

/** What a filter asks for besides its limit, as a text: the same whatever the order of its fields and values. */
function conditionsOf({ limit: _limit, ...conditions }: LimitedFilter): string {
  const fields = Object.entries(conditions).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...new Set(value)].sort() : value,
  ]);
  return JSON.stringify(fields.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Of filters that differ in their limits only, the one with the highest, in whose answer those of the others are. */
export function widestFilters(filters: readonly LimitedFilter[]): readonly LimitedFilter[] {
  if (filters.length < 2) return filters;
  const widest = new Map<string, LimitedFilter>();
  for (const filter of filters) {
    const conditions = conditionsOf(filter);
    const known = widest.get(conditions);
    if (known === undefined || known.limit < filter.limit) widest.set(conditions, filter);
  }
  return [...widest.values()];
}
