import { hash } from 'node:crypto';
import { type Filter, type TagCondition, tagConditions } from '../../../nostr/filter.ts';
import { searchWords } from '../../../nostr/nip50.ts';
import { GIFT_WRAP_KIND } from '../../../nostr/nip59.ts';
import type { Reader } from '../store.ts';
import { Conditions } from './conditions.ts';
import { bytea, tagKey } from './keys.ts';
import { WORD_MAX_LENGTH } from './write-batch.ts';

/** A statement for the database. */
export interface Statement {
  /** Statements of equal text have equal names: a connection parses each shape of filter once. */
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What the answer to a filter depends on besides the filter. */
export interface Asking {
  readonly nowSeconds: number;
  readonly reader: Reader | undefined;
}

/**
 * Whether the whole events are wanted, or only what identifies them. The latter is answered from indexes alone, which
 * know nothing of expiration; the expired that are not removed yet are few, and are left out by their ids.
 */
type Wanted = 'events' | 'keys';

/** The tables of a statement and its conditions. */
interface Source {
  readonly from: string;
  readonly where: readonly string[];
  /** The table that has `id`, `created_at` and `kind`. */
  readonly key: 'e' | 't';
}

/** What queries select, in the order of an event row; rows come as arrays, which costs less than objects. */
const ROW_COLUMNS = `encode(e.id, 'hex'), encode(e.pubkey, 'hex'), e.created_at::float8, e.kind, e.expires_at::float8,
  e.json`;

/** Shapes beyond this many tag conditions are too many to remember. */
const NAMED_TAG_CONDITIONS_MAX = 2;

/** Whether nothing can match: a list is empty, or the limit is 0. */
export function matchesNothing(filter: Filter): boolean {
  return filter.limit === 0 || Object.values(filter).some((field) => Array.isArray(field) && !field.length);
}

/** The events that match all of a filter but the relevance of its `search`; at most `limit`, newest first. */
export function eventsStatement(filter: Filter, limit: number, asking: Asking): Statement {
  const conditions = new Conditions();
  const { from, where, key } = source(filter, asking, 'events', conditions);
  const text = `select ${ROW_COLUMNS} from ${from} where ${where.join(' and ')}
order by ${key}.created_at desc, ${key}.id limit ${conditions.value(limit, 'bigint')}`;
  return named(filter, text, conditions);
}

/** Id and time of the events that match a filter, whatever its `search`; newest first. */
export function listStatement(filter: Filter, limit: number, asking: Asking): Statement {
  const conditions = new Conditions();
  const { from, where, key } = source(filter, asking, 'keys', conditions);
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
    const { from, where } = source(first, asking, 'keys', conditions);
    return named(first, `select count(*)::float8 from ${from} where ${where.join(' and ')}`, conditions);
  }
  const selects = filters.map((filter) => {
    const { from, where, key } = source(filter, asking, 'keys', conditions);
    return `select ${key}.id from ${from} where ${where.join(' and ')}`;
  });
  return {
    text: `select count(*)::float8 from (${selects.join(' union ')}) as matches`,
    values: conditions.values,
  };
}

function named(filter: Filter, text: string, { values }: Conditions): Statement {
  if (tagConditions(filter).length > NAMED_TAG_CONDITIONS_MAX) return { text, values };
  return { name: hash('md5', text), text, values };
}

/** Which tag leads to the fewest events, as far as a name tells: people and topics are named most often. */
function rarity({ name, values }: TagCondition): number {
  return (name === 'p' ? 2_000 : name === 't' ? 1_000 : 0) + values.length;
}

function source(filter: Filter, asking: Asking, wanted: Wanted, conditions: Conditions): Source {
  const [leading, ...others] = tagConditions(filter).sort((a, b) => rarity(a) - rarity(b));
  const where = leading === undefined ? keyConditions('e', filter, conditions) : [];
  const table = leading === undefined ? null : leadingTag(leading, filter, conditions);
  const key = table === null ? 'e' : 't';
  const needsEvent = table === null || wanted === 'events' || isAboutEvent(filter);
  where.push(
    ...others.map((other) => hasTag(key, other, conditions)),
    ...readable(key, filter, asking, conditions),
    ...(needsEvent ? eventConditions(filter, conditions) : []),
    notExpired(key, wanted, asking, conditions),
  );
  const event = table === null ? 'event e' : ' join event e on e.id = t.id and e.created_at = t.created_at';
  return { from: `${table ?? ''}${needsEvent ? event : ''}`, where, key };
}

/** Whether a filter asks for something that the tag table does not know. */
function isAboutEvent({ authors, search }: Filter): boolean {
  return authors !== undefined || search !== undefined;
}

/** What both tables know: ids, kinds and time. */
function keyConditions(table: string, filter: Filter, conditions: Conditions): string[] {
  const { ids, kinds, since, until } = filter;
  const where: string[] = [];
  if (ids !== undefined) where.push(conditions.oneOf(`${table}.id`, ids.map(bytea), 'bytea'));
  if (kinds !== undefined) where.push(conditions.oneOf(`${table}.kind`, kinds, 'int'));
  if (since !== undefined) where.push(`${table}.created_at >= ${conditions.value(since, 'bigint')}`);
  if (until !== undefined) where.push(`${table}.created_at <= ${conditions.value(until, 'bigint')}`);
  return where;
}

/** The tag table as `t`, each event once: one with two of several wanted values has two rows. */
function leadingTag({ name, values }: TagCondition, filter: Filter, conditions: Conditions): string {
  const keys = [...new Set(values)].map((value) => tagKey(name, value));
  const where = [conditions.oneOf('g.tag', keys, 'bytea'), ...keyConditions('g', filter, conditions)];
  const distinct = keys.length === 1 ? '' : 'distinct ';
  return `(select ${distinct}g.created_at, g.kind, g.id from tag g where ${where.join(' and ')}) t`;
}

function hasTag(table: string, { name, values }: TagCondition, conditions: Conditions): string {
  const keys = values.map((value) => tagKey(name, value));
  return `exists (select from tag g where ${conditions.oneOf('g.tag', keys, 'bytea')}
    and g.created_at = ${table}.created_at and g.kind = ${table}.kind and g.id = ${table}.id)`;
}

/** Leaves out the gift wraps (NIP-59) that are not addressed to the reader. */
function readable(table: string, filter: Filter, { reader }: Asking, conditions: Conditions): string[] {
  if (reader === undefined || filter.kinds?.includes(GIFT_WRAP_KIND) === false) return [];
  const others = `${table}.kind <> ${GIFT_WRAP_KIND}`;
  if (reader.pubkeys.length === 0) return [others];
  return [`(${others} or ${hasTag(table, { name: 'p', values: reader.pubkeys }, conditions)})`];
}

/** What only the event itself knows. */
function eventConditions({ authors, search }: Filter, conditions: Conditions): string[] {
  const where = authors === undefined ? [] : [conditions.oneOf('e.pubkey', authors.map(bytea), 'bytea')];
  const words = searchWords(search ?? '').filter((word) => word.length <= WORD_MAX_LENGTH);
  if (words.length === 0) return where;
  const found = `exists (select from search s where s.words @> ${conditions.value(words, 'text[]')}
    and s.id = e.id and s.created_at = e.created_at)`;
  return [...where, found];
}

function notExpired(table: string, wanted: Wanted, { nowSeconds }: Asking, conditions: Conditions): string {
  const now = conditions.value(nowSeconds, 'bigint');
  if (wanted === 'events') return `(e.expires_at is null or e.expires_at > ${now})`;
  return `${table}.id <> all (array(select x.id from event x where x.expires_at <= ${now}))`;
}
