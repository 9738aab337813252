import { type Filter, type TagCondition, tagConditions } from '../../nostr/filter.ts';
import type { EventColumns } from './event-columns.ts';
import type { PostingLists } from './posting-lists.ts';
import type { TagIndex } from './tag-index.ts';

/** What conditions are answered from. */
export interface EventLists {
  readonly columns: EventColumns;
  readonly tags: TagIndex;
  readonly byAuthor: PostingLists;
}

/** A condition of a filter. Events are numbers. */
export interface Condition {
  readonly holds: (event: number) => boolean;
  /** All events for which it holds, where there is a list of them. */
  readonly list?: {
    /** At least how many they are. */
    readonly length: number;
    readonly each: (visit: (event: number) => void) => void;
  };
}

/** The conditions of a filter, all of which must hold (NIP-01); an empty list matches nothing. */
export function conditionsOf(filter: Filter, lists: EventLists): Condition[] {
  const { ids, authors, kinds, since, until } = filter;
  const { columns } = lists;
  const conditions = tagConditions(filter).map((condition) => tagCondition(condition, lists));
  if (ids !== undefined) conditions.push(idCondition(ids, lists));
  if (authors !== undefined) conditions.push(authorCondition(authors, lists));
  if (kinds !== undefined) {
    const wanted = new Set(kinds);
    conditions.push({ holds: (event) => wanted.has(columns.kindOf(event)) });
  }
  if (since !== undefined) conditions.push({ holds: (event) => columns.createdAt_s(event) >= since });
  if (until !== undefined) conditions.push({ holds: (event) => columns.createdAt_s(event) <= until });
  return conditions;
}

function idCondition(ids: readonly string[], { columns }: EventLists): Condition {
  const events = new Set(ids.map((id) => columns.numberOf(id)).filter((event) => event >= 0));
  return {
    holds: (event) => events.has(event),
    list: {
      length: events.size,
      each: (visit) => {
        for (const event of events) visit(event);
      },
    },
  };
}

function authorCondition(pubkeys: readonly string[], { columns, byAuthor }: EventLists): Condition {
  const authors = new Set(pubkeys.map((pubkey) => columns.authorNumberOf(pubkey)));
  const lengths = [...authors].map((author) => byAuthor.lengthOf(author));
  return {
    holds: (event) => authors.has(columns.authorOf(event)),
    list: {
      length: lengths.reduce((sum, length) => sum + length, 0),
      each: (visit) => {
        for (const author of authors) byAuthor.each(author, visit);
      },
    },
  };
}

function tagCondition({ name, values }: TagCondition, { tags }: EventLists): Condition {
  const each = (visit: (event: number) => void): void => {
    for (const value of values) tags.each(name, value, visit);
  };
  let events: Set<number> | null = null;
  return {
    holds: (event) => {
      events ??= setOf(each);
      return events.has(event);
    },
    list: { length: values.reduce((sum, value) => sum + tags.lengthOf(name, value), 0), each },
  };
}

/** What is visited, each once. */
export function setOf(each: (visit: (event: number) => void) => void): Set<number> {
  const events = new Set<number>();
  each((event) => events.add(event));
  return events;
}
