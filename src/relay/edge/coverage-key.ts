import type { Filter } from '../../nostr/filter.ts';

/** A filter without what says how much of what it matches is wanted. */
export function conditionsOf({ limit: _limit, since: _since, until: _until, ...conditions }: Filter): Filter {
  return conditions;
}

/** A filter as a text: the same for all who ask for the same, whatever the order of fields and values. */
export function keyOf(filter: Filter): string {
  const fields = Object.entries(filter).map(([name, value]): [string, unknown] => [
    name,
    Array.isArray(value) ? [...new Set<string | number>(value)].sort(compare) : value,
  ]);
  return JSON.stringify(fields.sort(([a], [b]) => compare(a, b)));
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What the coverage of a single event is kept under. */
export function idKey(id: string): string {
  return `id ${id}`;
}
