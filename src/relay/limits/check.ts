import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { RelayLimits } from './limits.ts';

/** Number of Unicode characters, counted only where the number of code units leaves a doubt. */
function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  let characters = 0;
  for (const _ of text) characters++;
  return characters > max;
}

/** What makes an event unacceptable whatever its signature, or null. */
export function eventProblem(event: NostrEvent, limits: RelayLimits, nowSeconds: number): string | null {
  if (event.tags.length > limits.maxEventTags) return `more than ${limits.maxEventTags} tags`;
  if (isLongerThan(event.content, limits.maxContentLength)) {
    return `content is longer than ${limits.maxContentLength} characters`;
  }
  if (event.created_at > nowSeconds + limits.createdAtAheadS) {
    return `created_at is more than ${limits.createdAtAheadS} s in the future`;
  }
  return null;
}

function valueCount(filter: Filter): number {
  let count = 0;
  for (const field of Object.values(filter)) if (Array.isArray(field)) count += field.length;
  return count;
}

/** Longest search (NIP-50), in UTF-16 code units. */
const SEARCH_MAX = 1_000;

/** What makes the filters of a request unacceptable, or null. */
export function filtersProblem(filters: readonly Filter[], limits: RelayLimits): string | null {
  if (filters.length > limits.maxFilters) return `more than ${limits.maxFilters} filters`;
  if (filters.some((filter) => valueCount(filter) > limits.maxFilterValues)) {
    return `more than ${limits.maxFilterValues} values in a filter`;
  }
  if (filters.some(({ search = '' }) => search.length > SEARCH_MAX)) {
    return `search is longer than ${SEARCH_MAX} characters`;
  }
  return null;
}
