import { type Filter, type TagCondition, tagConditions } from '../../../nostr/filter.ts';
import { searchWords } from '../../../nostr/nip50.ts';
import { Conditions } from './conditions.ts';
import {
  type Asking,
  eventConditions,
  eventNotExpired,
  hasTags,
  isCommonTag,
  keyConditions,
  keyNotExpired,
  rarestFirst,
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
 * - `collect`: matches of many authors or tags come from many places of an index; all are looked at, and sorted. Windows
 *   of time keep them few, see {@link nextWindow}.
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
/** The first window of a `collect`, at most: what 150 authors who write a lot fill a page with in an hour or two. */
export const FIRST_WINDOW_S = DAY_S / 8;
/** Pairs of an author and a kind that are looked up one by one. */
const PAIRS_MAX = 2_000;
/** A window is at most so many times as long as all before it together. */
const WINDOW_GROWTH = 16;
/**
 * A window is at least such a part of all before it: where one event is missing that is not there, short windows would
 * look for it a hundred times.
 */
const LEAST_GROWTH = 0.5;
/** A window behind one that was empty is so many times as long as all before it: what is missing may not be there at all. */
const QUIET_GROWTH = 4;
/** A window is as long as so many events take: to look at them costs no more than another window. */
const EVENTS_LEAST = 200;
/** A window is longer than what is missing takes at the rate of those before it: rates vary. */
const WINDOW_MARGIN = 1.5;
/** Beyond, a last window takes the rest: there are less events the older they are. */
const WINDOWS_REACH_S = 64 * DAY_S;
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

/** All of the time that a filter asks for. */
export function wholeTime({ since = FIRST_SECOND, until = LAST_SECOND }: Filter): Window {
  return { since, until };
}

function routeOf(filter: Filter, asking: Pick<Asking, 'rarities'>): Route {
  const { ids, authors, search } = filter;
  if (ids !== undefined || searchWords(search ?? '').length > 0) return { way: 'selected', tag: null };
  const [tag = null] = rarestFirst(filter, asking);
  if (tag !== null && (authors === undefined || !isCommonTag(tag.name))) {
    return { way: isSingle(tag.values) ? 'walk' : 'collect', tag };
  }
  return { way: wayOfEvents(filter), tag: null };
}

/** Whether the events of a filter are collected in windows of time, see {@link nextWindow}. */
export function isCollected(filter: Filter, asking: Pick<Asking, 'rarities'>): boolean {
  return routeOf(filter, asking).way === 'collect';
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

/** How far the windows of a filter have come. */
export interface Progress {
  /** Null before the first window. */
  readonly last: Window | null;
  /** Events that were found so far, of them in the last window, and those that are wanted. */
  readonly found: number;
  readonly foundLast: number;
  readonly wanted: number;
  /** Seconds of the first window; default three hours. */
  readonly first_s?: number;
  /** See {@link Asking.rarities}. */
  readonly rarities?: ReadonlyMap<string, number> | undefined;
}

/**
 * The part of time in which a filter is asked for next; null where there is none. The newest come first, and each is as
 * long as the ones before it tell that it has to be: a window that is too long reads more than is wanted, and every
 * window costs a look at each author.
 */
export function nextWindow(filter: Filter, nowSeconds: number, progress: Progress): Window | null {
  const { since, until } = wholeTime(filter);
  const { last } = progress;
  if (last !== null && last.since <= since) return null;
  if (!isCollected(filter, progress)) return { since, until };
  const { first_s = FIRST_WINDOW_S } = progress;
  const newest = Math.min(until, nowSeconds);
  const end = last === null ? until : last.since - 1;
  const start = last === null ? newest - first_s : last.since - lengthOf(newest - last.since, progress);
  return { since: newest - start > WINDOWS_REACH_S ? since : Math.max(since, start), until: end };
}

/** The length, in whole seconds, of the window behind `elapsed` seconds that were looked at. */
function lengthOf(elapsed: number, { found, foundLast, wanted }: Progress): number {
  const most = Math.max(FIRST_WINDOW_S, WINDOW_GROWTH * elapsed);
  if (found === 0) return most;
  const events = Math.max(EVENTS_LEAST, WINDOW_MARGIN * (wanted - found));
  const least = elapsed * (foundLast === 0 ? QUIET_GROWTH : LEAST_GROWTH);
  return Math.ceil(Math.min(most, Math.max(FIRST_WINDOW_S, (elapsed * events) / found, least)));
}

/** The newest events of a window that match all of a filter but the relevance of its `search`. */
export function eventsStatement(asked: Filter, limit: number, window: Window, asking: Asking): Statement {
  const filter: Filter = { ...asked, ...window };
  const route = routeOf(filter, asking);
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

/**
 * The newest in the order of an index, and all of the last second: which of them is wanted their ids decide. An order by
 * id, too, would be a sort to the planner, which then may sort all that there are.
 */
function newestOf(table: string, limit: number): string {
  const step = LIMIT_STEPS.find((most) => most >= limit) ?? limit;
  return `order by ${table}.created_at desc fetch first ${step} rows with ties`;
}

function walk(filter: Filter, tag: TagCondition | null, limit: number, context: Context): string {
  const { asking, conditions } = context;
  if (tag !== null) {
    const keys = `select k.created_at, k.id from tag k where ${tagWhere(filter, tag, context).join(' and ')}
  ${newestOf('k', limit)}`;
    return withEvents(keys, limit, conditions);
  }
  const where = [
    ...keyConditions('e', filter, conditions),
    ...eventConditions(filter, conditions),
    ...hasTags('e', rarestFirst(filter, asking), conditions),
    ...readable('e', filter, asking, conditions),
    eventNotExpired(asking, conditions),
  ];
  return `select ${ROW_COLUMNS} from (
  select e.* from event e where ${where.join(' and ')} ${newestOf('e', limit)}
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
    ${newestOf('e', limit)}
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
  const { from, rest } = authorsAndKinds(filter, conditions);
  const where = [
    ...keyConditions('e', rest, conditions),
    ...eventConditions(rest, conditions),
    ...hasTags('e', rarestFirst(filter, asking), conditions),
    ...readable('e', filter, asking, conditions),
    keyNotExpired('e', asking, conditions),
  ];
  const keys = `select e.created_at, e.id from ${from} where ${where.join(' and ')} offset 0`;
  return withEvents(keys, limit, conditions);
}

/**
 * Looks every author up with every kind, so that the window bounds what is read of the index: with two lists of values
 * the planner would look the authors up and read all that they have ever written. Of too many pairs that is cheaper.
 */
function authorsAndKinds(filter: Filter, conditions: Conditions): { from: string; rest: Filter } {
  const { authors, kinds, ...rest } = filter;
  const pairs = (authors?.length ?? 0) * (kinds?.length ?? 0);
  if (authors === undefined || kinds === undefined || pairs === 1 || pairs > PAIRS_MAX) {
    return { from: 'event e', rest: filter };
  }
  const keys = conditions.value([...new Set(authors)].map(bytea), 'bytea[]');
  // OFFSET 0 keeps the pairs together: the planner would look up the authors first.
  const from = `(select * from unnest(${keys}) as a (pubkey)
    cross join unnest(${conditions.value([...new Set(kinds)], 'int[]')}) as k (kind) offset 0) p
    join event e on e.pubkey = p.pubkey and e.kind = p.kind`;
  return { from, rest };
}

/** Conditions on the tag table `k`, as it is read from the value of one tag. */
function tagWhere(filter: Filter, tag: TagCondition, { asking, conditions }: Context): string[] {
  const keys = tag.values.map((value) => tagKey(tag.name, value));
  const others = rarestFirst(filter, asking).filter(({ name }) => name !== tag.name);
  const where = [
    conditions.oneOf('k.tag', keys, 'bytea'),
    ...keyConditions('k', filter, conditions),
    ...hasTags('k', others, conditions),
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
