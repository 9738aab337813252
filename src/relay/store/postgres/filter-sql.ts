import { hash } from 'node:crypto';
import { type Filter, tagConditions } from '../../../nostr/filter.ts';
import { Conditions } from './conditions.ts';
import {
  type Asking,
  eventConditions,
  eventNotExpired,
  hasTags,
  keyConditions,
  keyNotExpired,
  leadingTag,
  rarestFirst,
  readable,
} from './filter-conditions.ts';

/** A statement for the database. */
export interface Statement {
  /** Statements of equal text have equal names: a connection plans each shape of filter once. */
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What queries select, in the order of an event row; rows come as arrays, which costs less than objects. */
export const ROW_COLUMNS = `encode(e.id, 'hex'), encode(e.pubkey, 'hex'), e.created_at::float8, e.kind,
  e.expires_at::float8, e.json`;

/** Shapes beyond this many tag conditions are too many to remember. */
const NAMED_TAG_CONDITIONS_MAX = 2;

/** The tables of a statement and its conditions. */
interface Source {
  readonly from: string;
  readonly where: readonly string[];
  /** The table that has `id`, `created_at` and `kind`. */
  readonly key: 'e' | 't';
}

/** Whether nothing can match: a list is empty, or the limit is 0. */
export function matchesNothing(filter: Filter): boolean {
  return filter.limit === 0 || Object.values(filter).some((field) => Array.isArray(field) && !field.length);
}

/** A statement that is named by its text, unless there are too many of its kind. */
export function named(filter: Filter, text: string, { values }: Conditions): Statement {
  if (tagConditions(filter).length > NAMED_TAG_CONDITIONS_MAX) return { text, values };
  return { name: hash('md5', text), text, values };
}

/** Id and time of the events that match a filter, whatever its `search`; newest first. */
export function listStatement(filter: Filter, limit: number, asking: Asking): Statement {
  const conditions = new Conditions();
  const { from, where, key } = source(filter, asking, conditions);
  const text = `select encode(${key}.id, 'hex'), ${key}.created_at::float8 from ${from}
where ${where.join(' and ')}
order by ${key}.created_at desc, ${key}.id limit ${conditions.value(limit, 'bigint')}`;
  return named(filter, text, conditions);
}

/** How many events match at least one of the filters, none of which searches. */
export function countStatement(filters: readonly Filter[], asking: Asking): Statement {
  const conditions = new Conditions();
  const [first] = filters;
  if (filters.length === 1 && first !== undefined) {
    const { from, where } = source(first, asking, conditions);
    return named(first, `select count(*)::float8 from ${from} where ${where.join(' and ')}`, conditions);
  }
  const selects = filters.map((filter) => {
    const { from, where, key } = source(filter, asking, conditions);
    return `select ${key}.id from ${from} where ${where.join(' and ')}`;
  });
  return {
    text: `select count(*)::float8 from (${selects.join(' union ')}) as matches`,
    values: conditions.values,
  };
}

/** Newest events that match a filter by their ids, or that hold its words: few enough to look at all of them. */
export function selectedStatement(filter: Filter, limit: number, asking: Asking): Statement {
  const conditions = new Conditions();
  const { ids, ...rest } = filter;
  // OFFSET 0 keeps the planner from looking for the ids while it walks along another index: to a range of time that
  // it does not know it gives so few events that it would rather look at all of them than for fifty ids.
  const byId = keyConditions('e', ids === undefined ? {} : { ids }, conditions);
  const from =
    byId.length === 0 ? 'event e' : `(select e.* from event e where ${byId.join(' and ')} offset 0) e`;
  const where = [
    ...keyConditions('e', rest, conditions),
    ...eventConditions(filter, conditions),
    ...hasTags('e', rarestFirst(filter, asking), conditions),
    ...readable('e', filter, asking, conditions),
    eventNotExpired(asking, conditions),
  ];
  const text = `select ${ROW_COLUMNS} from ${from} where ${where.join(' and ')}
order by e.created_at desc, e.id limit ${conditions.value(limit, 'bigint')}`;
  return named(filter, text, conditions);
}

/** Tables and conditions for what indexes alone can answer: which events match, without their text. */
function source(filter: Filter, asking: Asking, conditions: Conditions): Source {
  const [leading, ...others] = rarestFirst(filter, asking);
  const where = leading === undefined ? keyConditions('e', filter, conditions) : [];
  const table = leading === undefined ? null : leadingTag(leading, filter, conditions);
  const key = table === null ? 'e' : 't';
  const needsEvent = table === null || filter.authors !== undefined;
  where.push(
    ...hasTags(key, others, conditions),
    ...readable(key, filter, asking, conditions),
    ...(needsEvent ? eventConditions(filter, conditions) : []),
    keyNotExpired(key, asking, conditions),
  );
  const event = table === null ? 'event e' : ' join event e on e.id = t.id and e.created_at = t.created_at';
  return { from: `${table ?? ''}${needsEvent ? event : ''}`, where, key };
}
