import { type Filter, type TagCondition, tagConditions } from '../../../nostr/filter.ts';
import { searchWords } from '../../../nostr/nip50.ts';
import { GIFT_WRAP_KIND } from '../../../nostr/nip59.ts';
import type { Reader } from '../store.ts';
import type { Conditions } from './conditions.ts';
import { bytea, tagKey } from './keys.ts';
import { wordNumbers } from './words.ts';

/** So many conditions on tags are joined; more are looked up one by one. */
const JOINED_TAGS_MAX = 1;

/** What the answer to a filter depends on besides the filter. */
export interface Asking {
  readonly nowSeconds: number;
  readonly reader: Reader | undefined;
  /** How many events have each tag of the filter, by its name, where that was looked up. */
  readonly rarities?: ReadonlyMap<string, number> | undefined;
}

/** The conditions on tags, first the one that leads to the fewest events: as was looked up, else as far as a name tells. */
export function rarestFirst(filter: Filter, { rarities }: Pick<Asking, 'rarities'>): TagCondition[] {
  const rank = (tag: TagCondition): number => rarities?.get(tag.name) ?? guessedRarity(tag);
  return tagConditions(filter).sort((a, b) => rank(a) - rank(b));
}

/** People and topics are named most often. */
function guessedRarity({ name, values }: TagCondition): number {
  return (isCommonTag(name) ? 1_000 : 0) + values.length;
}

/** Whether a tag with one value may be on a good part of all events. */
export function isCommonTag(name: string): boolean {
  return name === 'p' || name === 't' || name === 'd';
}

/** Conditions of a filter on what both tables know: ids, kinds and time. */
export function keyConditions(table: string, filter: Filter, conditions: Conditions): string[] {
  const { ids, kinds, since, until } = filter;
  const where: string[] = [];
  if (ids !== undefined) where.push(conditions.oneOf(`${table}.id`, ids.map(bytea), 'bytea'));
  if (kinds !== undefined) where.push(conditions.oneOf(`${table}.kind`, kinds, 'int'));
  if (since !== undefined) where.push(`${table}.created_at >= ${conditions.value(since, 'bigint')}`);
  if (until !== undefined) where.push(`${table}.created_at <= ${conditions.value(until, 'bigint')}`);
  return where;
}

/** The tag table as `t`, each event once: one with two of several wanted values has two rows. */
export function leadingTag({ name, values }: TagCondition, filter: Filter, conditions: Conditions): string {
  const keys = [...new Set(values)].map((value) => tagKey(name, value));
  const where = [conditions.oneOf('g.tag', keys, 'bytea'), ...keyConditions('g', filter, conditions)];
  const distinct = keys.length === 1 ? '' : 'distinct ';
  return `(select ${distinct}g.created_at, g.kind, g.id from tag g where ${where.join(' and ')}) t`;
}

/** Whether an event, of which `table` has id, time and kind, has a tag. */
export function hasTag(table: string, { name, values }: TagCondition, conditions: Conditions): string {
  return `exists (${tagRow(table, { name, values }, conditions)})`;
}

/**
 * Whether it has all of some tags. OFFSET 0 where they are many: each is looked up for the events that have all before it,
 * because to plan them as joins, in every order, would take longer than most questions.
 */
export function hasTags(table: string, tags: readonly TagCondition[], conditions: Conditions): string[] {
  const end = tags.length > JOINED_TAGS_MAX ? ' offset 0' : '';
  return tags.map((tag) => `exists (${tagRow(table, tag, conditions)}${end})`);
}

function tagRow(table: string, { name, values }: TagCondition, conditions: Conditions): string {
  const keys = values.map((value) => tagKey(name, value));
  return `select from tag g where ${conditions.oneOf('g.tag', keys, 'bytea')}
    and g.created_at = ${table}.created_at and g.kind = ${table}.kind and g.id = ${table}.id`;
}

/** Leaves out the gift wraps (NIP-59) that are not addressed to the reader. */
export function readable(
  table: string,
  filter: Filter,
  { reader }: Asking,
  conditions: Conditions,
): string[] {
  if (reader === undefined || filter.kinds?.includes(GIFT_WRAP_KIND) === false) return [];
  const others = `${table}.kind <> ${GIFT_WRAP_KIND}`;
  if (reader.pubkeys.length === 0) return [others];
  return [`(${others} or ${hasTag(table, { name: 'p', values: reader.pubkeys }, conditions)})`];
}

/** What only the event itself knows. */
export function eventConditions({ authors, search }: Filter, conditions: Conditions): string[] {
  const where = authors === undefined ? [] : [conditions.oneOf('e.pubkey', authors.map(bytea), 'bytea')];
  const numbers = wordNumbers(searchWords(search ?? ''));
  return numbers.length === 0 ? where : [...where, `e.words @> ${conditions.value(numbers, 'int[]')}`];
}

/** Leaves out what has expired (NIP-40), by the whole event. */
export function eventNotExpired({ nowSeconds }: Asking, conditions: Conditions): string {
  return `(e.expires_at is null or e.expires_at > ${conditions.value(nowSeconds, 'bigint')})`;
}

/**
 * Leaves out what has expired, where an index is read that does not know: the expired events that are not removed yet
 * are few, and are left out by their ids.
 */
export function keyNotExpired(table: string, { nowSeconds }: Asking, conditions: Conditions): string {
  const now = conditions.value(nowSeconds, 'bigint');
  return `${table}.id <> all (array(select x.id from event x where x.expires_at <= ${now}))`;
}
