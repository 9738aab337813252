import { type Filter, tagConditions } from '../../nostr/filter.ts';
import type { EventIndexes } from './event-indexes.ts';
import type { PostingList } from './posting-list.ts';

type Lists = readonly PostingList[];

function present(lists: readonly (PostingList | undefined)[]): Lists {
  return lists.filter((list) => list !== undefined);
}

function listsOfAuthor(indexes: EventIndexes, author: string, kinds: Filter['kinds']): Lists {
  const ofAuthor = indexes.byAuthorAndKind.get(author);
  if (ofAuthor === undefined) return [];
  return kinds === undefined ? [...ofAuthor.lists()] : present(kinds.map((kind) => ofAuthor.get(kind)));
}

function* alternatives(indexes: EventIndexes, filter: Filter): Generator<Lists> {
  const { authors, kinds } = filter;
  for (const { name, values } of tagConditions(filter)) {
    const index = indexes.byTag.get(name);
    yield present([...new Set(values)].map((value) => index?.get(value)));
  }
  if (authors !== undefined) {
    const distinctKinds = kinds === undefined ? undefined : [...new Set(kinds)];
    yield [...new Set(authors)].flatMap((author) => listsOfAuthor(indexes, author, distinctKinds));
  } else if (kinds !== undefined) {
    yield present([...new Set(kinds)].map((kind) => indexes.byKind.get(kind)));
  }
}

function totalSize(lists: Lists): number {
  let total = 0;
  for (const list of lists) total += list.size;
  return total;
}

/**
 * The lists to read for a filter without `ids`: of all indexes that apply the one with the fewest events,
 * each of its lists once. Together they hold every match, and usually more.
 */
export function candidateLists(indexes: EventIndexes, filter: Filter): Lists {
  let best: Lists | null = null;
  let bestSize = Number.POSITIVE_INFINITY;
  for (const lists of alternatives(indexes, filter)) {
    const size = totalSize(lists);
    if (size < bestSize) {
      best = lists;
      bestSize = size;
    }
  }
  return best ?? [indexes.byTime];
}
