import { type Filter, type TagCondition, tagConditions } from '../../../nostr/filter.ts';
import { searchWords } from '../../../nostr/nip50.ts';
import { Conditions } from './conditions.ts';
import {
  type Asking,
  eventConditions,
  eventNotExpired,
  hasTag,
  isCommonTag,
  keyConditions,
  keyNotExpired,
  rarity,
  readable,
} from './filter-conditions.ts';
import { named, ROW_COLUMNS, type Statement, selectedStatement } from './filter-sql.ts';
import { bytea, tagKey } from './keys.ts';

/**
 * How the events of a filter are found. Each way is written so that one plan is good for all values, because planning
 * for the values (of a dozen partitions with five indexes) costs more than most queries:
 * - `selected`: by id or by word, few of them
 * - `walk`: an index has them in the wanted order, and the first are taken
 * - `kinds`: one walk for each kind
 * - `collect`: matches of many authors or tags come from many places of an index, and those of one tag may be a good
 *   part of all events; all are looked at, and sorted. Windows of time keep them few: those of today are looked at
 *   before those of last year.
 */
type Way = 'selected' | 'walk' | 'kinds' | 'collect';

/** The way of a filter, and the tag that it starts from; null where it starts from the events. */
interface Route {
  readonly way: Way;
  readonly tag: TagCondition | null;
}

/** More kinds than this are looked for while walking along all events. */
const KINDS_MAX = 20;
const DAY_S = 86_400;
/** How far back the windows of a `collect` reach. */
const WINDOWS_S = [DAY_S, 8 * DAY_S, 64 * DAY_S];
/**
 * Limits as the planner gets to see them, so that it does not prepare for a tenth of the table, as it does for a limit
 * that it does not know.
 */
const LIMIT_STEPS = [1, 20, 100, 500, 5_000];
/** Seconds that are before and after every event. */
const FIRST_SECOND = -(2 ** 53);
const LAST_SECOND = 2 ** 53;

/** A part of time, both ends inclusive, in Unix seconds. */
export interface Window {
  readonly since: number;
  readonly until: number;
}

function routeOf(filter: Filter): Route {
  const { ids, authors, search } = filter;
  if (ids !== undefined || searchWords(search ?? '').length > 0) return { way: 'selected', tag: null };
  const [tag = null] = tagConditions(filter).sort((a, b) => rarity(a) - rarity(b));
  if (tag !== null && (authors === undefined || !isCommonTag(tag.name))) {
    return { way: isSingle(tag.values) && !isCommonTag(tag.name) ? 'walk' : 'collect', tag };
  }
  return { way: wayOfEvents(filter), tag: null };
}

function wayOfEvents(filter: Filter): Way {
  const { authors, kinds } = filter;
  if (authors !== undefined) {
    const isOrdered = isSingle(authors) && isSingle(kinds ?? []) && tagConditions(filter).length === 0;
    return isOrdered ? 'walk' : 'collect';
  }
  return kinds === undefined || isSingle(kinds) || kinds.length > KINDS_MAX ? 'walk' : 'kinds';
}

function isSingle(values: readonly unknown[]): boolean {
  return new Set(values).size === 1;
}

/** The parts of time in which a filter is asked for one after the other, the newest first, until it has enough. */
export function windowsOf(filter: Filter, nowSeconds: number): Window[] {
  const { since = FIRST_SECOND, until = LAST_SECOND } = filter;
  if (routeOf(filter).way !== 'collect') return [{ since, until }];
  const edges = WINDOWS_S.map((length) => Math.min(until, nowSeconds) - length).filter(
    (edge) => edge > since,
  );
  const windows: Window[] = [];
  let end = until;
  for (const edge of edges) {
    windows.push({ since: edge + 1, until: end });
    end = edge;
  }
  return [...windows, { since, until: end }];
}

/** The newest events of a window that match all of a filter but the relevance of its `search`. */
export function eventsStatement(asked: Filter, limit: number, window: Window, asking: Asking): Statement {
  const filter: Filter = { ...asked, ...window };
  const route = routeOf(filter);
  const conditions = new Conditions();
  switch (route.way) {
    case 'selected':
      return selectedStatement(filter, limit, asking);
    case 'walk':
      return named(filter, walk(filter, route.tag, limit, { asking, conditions }), conditions);
    case 'kinds':
      return named(filter, walkKinds(filter, limit, { asking, conditions }), conditions);
    case 'collect':
      return named(filter, collect(filter, route.tag, limit, { asking, conditions }), conditions);
  }
}

interface Context {
  readonly asking: Asking;
  readonly conditions: Conditions;
}

function stepOf(limit: number): number {
  return LIMIT_STEPS.find((step) => step >= limit) ?? limit;
}

function walk(filter: Filter, tag: TagCondition | null, limit: number, context: Context): string {
  const { asking, conditions } = context;
  if (tag !== null) {
    const keys = `select k.created_at, k.id from tag k where ${tagWhere(filter, tag, context).join(' and ')}
  order by k.created_at desc, k.id limit ${stepOf(limit)}`;
    return withEvents(keys, limit, conditions);
  }
  const where = [
    ...keyConditions('e', filter, conditions),
    ...eventConditions(filter, conditions),
    ...tagConditions(filter).map((other) => hasTag('e', other, conditions)),
    ...readable('e', filter, asking, conditions),
    eventNotExpired(asking, conditions),
  ];
  return `select ${ROW_COLUMNS} from (
  select e.* from event e where ${where.join(' and ')} order by e.created_at desc, e.id limit ${stepOf(limit)}
) e order by e.created_at desc, e.id limit ${conditions.value(limit, 'bigint')}`;
}

function walkKinds({ kinds = [], ...filter }: Filter, limit: number, context: Context): string {
  const { asking, conditions } = context;
  const where = [
    `e.kind = wanted.kind`,
    ...keyConditions('e', filter, conditions),
    ...readable('e', { ...filter, kinds }, asking, conditions),
    keyNotExpired('e', asking, conditions),
  ];
  const keys = `select k.created_at, k.id from unnest(${conditions.value([...new Set(kinds)], 'int[]')}) as wanted (kind)
  cross join lateral (
    select e.created_at, e.id from event e where ${where.join(' and ')}
    order by e.created_at desc, e.id limit ${stepOf(limit)}
  ) k`;
  return withEvents(keys, limit, conditions);
}

function collect(filter: Filter, tag: TagCondition | null, limit: number, context: Context): string {
  const { asking, conditions } = context;
  if (tag !== null) {
    // An event with two of the wanted tags has two rows. OFFSET 0 keeps the planner from walking along an index.
    const keys = `select distinct k.created_at, k.id from tag k
  where ${tagWhere(filter, tag, context).join(' and ')} offset 0`;
    return withEvents(keys, limit, conditions);
  }
  const where = [
    ...keyConditions('e', filter, conditions),
    ...eventConditions(filter, conditions),
    ...tagConditions(filter).map((other) => hasTag('e', other, conditions)),
    ...readable('e', filter, asking, conditions),
    keyNotExpired('e', asking, conditions),
  ];
  const keys = `select e.created_at, e.id from event e where ${where.join(' and ')} offset 0`;
  return withEvents(keys, limit, conditions);
}

/** Conditions on the tag table `k`, as it is read from the value of one tag. */
function tagWhere(filter: Filter, tag: TagCondition, { asking, conditions }: Context): string[] {
  const keys = tag.values.map((value) => tagKey(tag.name, value));
  const others = tagConditions(filter).filter(({ name }) => name !== tag.name);
  const where = [
    conditions.oneOf('k.tag', keys, 'bytea'),
    ...keyConditions('k', filter, conditions),
    ...others.map((other) => hasTag('k', other, conditions)),
    ...readable('k', filter, asking, conditions),
    keyNotExpired('k', asking, conditions),
  ];
  if (filter.authors === undefined) return where;
  const byAuthor = conditions.oneOf('e.pubkey', filter.authors.map(bytea), 'bytea');
  return [
    ...where,
    `exists (select from event e where e.id = k.id and e.created_at = k.created_at and ${byAuthor})`,
  ];
}

/** The newest of the keys, with their events. */
function withEvents(keys: string, limit: number, conditions: Conditions): string {
  return `select ${ROW_COLUMNS} from (
  select k.created_at, k.id from (${keys}) k
  order by k.created_at desc, k.id limit ${conditions.value(limit, 'bigint')}
) k join event e on e.id = k.id and e.created_at = k.created_at order by k.created_at desc, k.id`;
}
