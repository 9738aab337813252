import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import { isReadableBy } from '../../nostr/nip59.ts';
import type { Steps } from '../work/steps.ts';
import { chooseCandidates } from './candidates.ts';
import type { EventIndexes } from './event-indexes.ts';
import { mergeNewestFirst } from './merge.ts';
import { mergeAnswers } from './merge-answers.ts';
import { SEARCH_CANDIDATES_MAX, searchAmong } from './search.ts';
import type { LimitedFilter, Reader } from './store.ts';
import type { StoredEvent } from './stored-event.ts';
import { disjointFilters, widestFilters } from './widest-filters.ts';

/** What is read. */
export interface MemoryReadsParts {
  readonly byId: ReadonlyMap<string, StoredEvent>;
  readonly indexes: EventIndexes;
  readonly nowSeconds: () => number;
}

/** Events that are looked at in one step, some 50 µs; one with many tags counts for several. */
const EVENTS_PER_STEP = 256;
const TAGS_PER_EVENT = 32;

/** Told of a match; returns whether it wants no more. */
type Visit = (event: StoredEvent) => boolean;

/** The reads of the memory store, in steps between which the store may change. */
export class MemoryReads {
  readonly #parts: MemoryReadsParts;

  constructor(parts: MemoryReadsParts) {
    this.#parts = parts;
  }

  /** See {@link EventStore.query}. */
  *query(asked: readonly LimitedFilter[], reader?: Reader): Steps<readonly StoredEvent[]> {
    const filters = widestFilters(asked);
    const [first] = filters;
    if (filters.length === 1 && first !== undefined) return yield* this.#queryOne(first, reader);
    const answers: (readonly StoredEvent[])[] = [];
    for (const filter of filters) answers.push(yield* this.#queryOne(filter, reader));
    return yield* mergeAnswers(
      answers,
      filters.some(({ search }) => search !== undefined),
    );
  }

  /** See {@link EventStore.count}. */
  *count(asked: readonly Filter[], reader?: Reader): Steps<number> {
    const filters = disjointFilters(asked);
    const [only] = filters;
    if (filters.length === 1 && only !== undefined) return yield* this.#countOne(only, reader);
    const counted = new Set<StoredEvent>();
    const visit = (event: StoredEvent): boolean => {
      counted.add(event);
      return false;
    };
    for (const filter of filters) yield* this.#visitFound(filter, reader, visit);
    return counted.size;
  }

  /** See {@link EventStore.list}. */
  *list(filter: Filter, max: number, reader?: Reader): Steps<readonly Ordered[] | null> {
    const { search: _search, ...rest } = filter;
    const limit = Math.min(filter.limit ?? Number.POSITIVE_INFINITY, max + 1);
    const events = yield* this.#queryOne({ ...rest, limit }, reader);
    return events.length > max ? null : events;
  }

  *#countOne(filter: Filter, reader?: Reader): Steps<number> {
    let count = 0;
    yield* this.#visitFound(filter, reader, () => {
      count++;
      return false;
    });
    return count;
  }

  *#queryOne(filter: LimitedFilter, reader?: Reader): Steps<StoredEvent[]> {
    const events: StoredEvent[] = [];
    if (filter.limit === 0) return events;
    yield* this.#visitFound(filter, reader, (event) => events.push(event) >= filter.limit);
    return events;
  }

  /** Visits what a filter finds: newest first, or where it searches by relevance. */
  *#visitFound(filter: Filter, reader: Reader | undefined, visit: Visit): Steps<void> {
    if (filter.search === undefined) {
      yield* this.#visitMatches(filter, reader, visit);
      return;
    }
    const candidates: StoredEvent[] = [];
    yield* this.#visitMatches(filter, reader, (event) => candidates.push(event) >= SEARCH_CANDIDATES_MAX);
    for (const { event } of yield* searchAmong(candidates, filter.search)) {
      if (this.#parts.byId.has(event.id) && visit(event)) return;
    }
  }

  /** Visits all events that match what a filter asks for besides its search, newest first. */
  *#visitMatches(filter: Filter, reader: Reader | undefined, visit: Visit): Steps<void> {
    const { events, rest } = this.#candidates(filter);
    const isMatch = this.#test(rest, reader);
    let looks = 0;
    let hasWaited = false;
    for (const event of events) {
      looks += 1 + event.tags.length / TAGS_PER_EVENT;
      if (looks > EVENTS_PER_STEP) {
        looks = 0;
        hasWaited = true;
        yield;
      }
      // It may have gone since a step before this one.
      if (!isMatch(event) || (hasWaited && !this.#parts.byId.has(event.id))) continue;
      if (visit(event)) return;
    }
  }

  #test(filter: Filter, reader: Reader | undefined): (event: StoredEvent) => boolean {
    const now = this.#parts.nowSeconds();
    const matcher = new FilterMatcher(filter);
    return (event) =>
      event.expiresAt > now &&
      matcher.matches(event) &&
      (reader === undefined || isReadableBy(event, reader.pubkeys));
  }

  #candidates(filter: Filter): { readonly events: Iterable<StoredEvent>; readonly rest: Filter } {
    const { byId, indexes } = this.#parts;
    if (filter.ids !== undefined) {
      const events = [...new Set(filter.ids)]
        .map((id) => byId.get(id))
        .filter((event) => event !== undefined);
      return { events: events.sort(compareNewestFirst), rest: filter };
    }
    const { lists, rest } = chooseCandidates(indexes, filter);
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, ...others } = rest;
    return { events: mergeNewestFirst(lists, { since, until }), rest: others };
  }
}
