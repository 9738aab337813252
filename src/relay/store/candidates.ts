import { type Filter, type TagCondition, tagConditions } from '../../nostr/filter.ts';
import type { EventIndexes } from './event-indexes.ts';
import type { PostingList } from './posting-list.ts';

/** Where to look for the matches of a filter. */
export interface Candidates {
  /** Together they hold every match, and usually more. */
  readonly lists: readonly PostingList[];
  /** The conditions of the filter that the choice of the lists does not already fulfil. */
  readonly rest: Filter;
}

type Lists = readonly PostingList[];
type KindIndex = NonNullable<ReturnType<EventIndexes['byAuthorAndKind']['get']>>;

function present(lists: readonly (PostingList | undefined)[]): Lists {
  return lists.filter((list) => list !== undefined);
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return values.length < 2 ? values : [...new Set(values)];
}

function byTag(indexes: EventIndexes, filter: Filter, { name, values }: TagCondition): Candidates {
  const index = indexes.byTag.get(name);
  const rest: Filter = { ...filter };
  Reflect.deleteProperty(rest, `#${name}`);
  return { lists: present(distinct(values).map((value) => index?.get(value))), rest };
}

function byAuthor(indexes: EventIndexes, filter: Filter, authors: readonly string[]): Candidates {
  const { authors: _authors, kinds, ...rest } = filter;
  const wanted = kinds === undefined ? null : new Set(kinds);
  const lists: PostingList[] = [];
  for (const author of distinct(authors)) {
    const ofAuthor = indexes.byAuthorAndKind.get(author);
    if (ofAuthor !== undefined)
      lists.push(...(wanted === null ? ofAuthor.lists() : ofKinds(ofAuthor, wanted)));
  }
  return { lists, rest };
}

/** Every wanted kind of every author would be millions of looks, most of them in vain. */
function ofKinds(ofAuthor: KindIndex, wanted: ReadonlySet<number>): Lists {
  if (wanted.size <= ofAuthor.size) return present([...wanted].map((kind) => ofAuthor.get(kind)));
  return [...ofAuthor.entries()].filter(([kind]) => wanted.has(kind)).map(([, list]) => list);
}

function byKind(indexes: EventIndexes, filter: Filter, wanted: readonly number[]): Candidates {
  const { kinds: _kinds, ...rest } = filter;
  return { lists: present(distinct(wanted).map((kind) => indexes.byKind.get(kind))), rest };
}

function allEvents(indexes: EventIndexes, filter: Filter): Candidates {
  return { lists: [...indexes.byTime.lists()], rest: filter };
}

function* alternatives(indexes: EventIndexes, filter: Filter): Generator<Candidates> {
  const { authors, kinds } = filter;
  for (const condition of tagConditions(filter)) yield byTag(indexes, filter, condition);
  if (authors !== undefined) yield byAuthor(indexes, filter, authors);
  else if (kinds !== undefined) yield byKind(indexes, filter, kinds);
  else yield allEvents(indexes, filter);
}

function totalSize(lists: Lists): number {
  let total = 0;
  for (const list of lists) total += list.size;
  return total;
}

/** Of all indexes that apply to a filter without `ids` the one with the fewest events. */
export function chooseCandidates(indexes: EventIndexes, filter: Filter): Candidates {
  let best = allEvents(indexes, filter);
  let bestSize = Number.POSITIVE_INFINITY;
  for (const candidates of alternatives(indexes, filter)) {
    const size = totalSize(candidates.lists);
    if (size >= bestSize) continue;
    best = candidates;
    bestSize = size;
  }
  return best;
}
