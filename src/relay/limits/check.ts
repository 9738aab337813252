import type { NostrEvent } from '../../nostr/event.ts';
import { type Filter, tagConditions } from '../../nostr/filter.ts';
import { searchWords } from '../../nostr/nip50.ts';
import type { RelayLimits } from './limits.ts';

/** Number of Unicode characters, counted only where the number of code units leaves a doubt. */
function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  let characters = 0;
  for (const _ of text) characters++;
  return characters > max;
}

/**
 * Whether a text of an event is Unicode text. JSON can write half of a surrogate pair (`\ud800`), which is no character and
 * cannot be written as UTF-8: what is kept of it, sent and hashed would differ.
 */
function isText(text: string): boolean {
  return text.isWellFormed();
}

function hasOnlyText({ content, tags }: NostrEvent): boolean {
  return isText(content) && tags.every((tag) => tag.every(isText));
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
  if (!hasOnlyText(event)) return 'the event is not Unicode text: it has half of a surrogate pair';
  return null;
}

function valueCount(filter: Filter): number {
  let count = 0;
  for (const field of Object.values(filter)) if (Array.isArray(field)) count += field.length;
  return count;
}

/** Longest search (NIP-50), in UTF-16 code units. */
const SEARCH_MAX = 1_000;

/** Most words of a search: each is looked for in every event that has the others. */
const SEARCH_WORDS_MAX = 50;

/** What makes the filters of a request unacceptable, or null. */
export function filtersProblem(filters: readonly Filter[], limits: RelayLimits): string | null {
  if (filters.length > limits.maxFilters) return `more than ${limits.maxFilters} filters`;
  let values = 0;
  for (const filter of filters) {
    const count = valueCount(filter);
    const problem = filterProblem(filter, count, limits);
    if (problem !== null) return problem;
    values += count;
  }
  return values > limits.maxRequestValues
    ? `more than ${limits.maxRequestValues} values in all filters`
    : null;
}

function filterProblem(filter: Filter, values: number, limits: RelayLimits): string | null {
  if (values > limits.maxFilterValues) {
    return `more than ${limits.maxFilterValues} values in a filter`;
  }
  const tags = tagConditions(filter);
  if (tags.length > limits.maxTagConditions) {
    return `more than ${limits.maxTagConditions} tag conditions in a filter`;
  }
  const { search = '' } = filter;
  if (search.length > SEARCH_MAX) return `search is longer than ${SEARCH_MAX} characters`;
  if (!isText(search) || !tags.every(({ values }) => values.every(isText))) {
    return 'the filter is not Unicode text: it has half of a surrogate pair';
  }
  if (searchWords(search).length > SEARCH_WORDS_MAX) return `search has more than ${SEARCH_WORDS_MAX} words`;
  return null;
}
