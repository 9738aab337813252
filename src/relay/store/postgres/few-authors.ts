import { type Filter, tagConditions } from '../../../nostr/filter.ts';
import { searchWords } from '../../../nostr/nip50.ts';
import type { EventRow } from '../text-event.ts';
import { Conditions } from './conditions.ts';
import { type Asking, keyConditions, keyNotExpired, readable } from './filter-conditions.ts';
import { named, ROW_COLUMNS, type Statement } from './filter-sql.ts';
import { bytea } from './keys.ts';

/** More authors than this have, all together, too much for one look. */
const AUTHORS_MAX = 16;
/** Keys that are looked at: what most people have written in half a year, and a look at so many takes less than a window of time. */
const KEYS_MAX = 500;

/**
 * Whether a filter asks for a few authors whatever they have written, or for several kinds of it: no index has that in the
 * order of time. Most authors have written little: all of it is looked at in one statement, where windows of time would
 * have to go back, one after the other, to the oldest of it.
 */
export function isOfFewAuthors(filter: Filter): boolean {
  const { ids, authors, kinds, search } = filter;
  if (authors === undefined || ids !== undefined || new Set(authors).size > AUTHORS_MAX) return false;
  // These have an order by time of their own, see `events-sql.ts`.
  const isWalked = new Set(authors).size === 1 && new Set(kinds).size === 1;
  return !isWalked && searchWords(search ?? '').length === 0 && tagConditions(filter).length === 0;
}

/** The newest events of a filter {@link isOfFewAuthors | of few authors}; one row instead where they have written too much. */
export function fewAuthorsStatement(filter: Filter, limit: number, asking: Asking): Statement {
  const conditions = new Conditions();
  const { authors = [], ...rest } = filter;
  const keys = conditions.value([...new Set(authors)].map(bytea), 'bytea[]');
  const where = [
    'e.pubkey = a.pubkey',
    ...keyConditions('e', rest, conditions),
    ...readable('e', filter, asking, conditions),
    keyNotExpired('e', asking, conditions),
  ];
  // OFFSET 0 keeps each author a look into the index: the planner would rather join the list with all events.
  const text = `with k as materialized (
  select e.created_at, e.id from unnest(${keys}) as a (pubkey) cross join lateral (
    select e.created_at, e.id from event e where ${where.join(' and ')} offset 0
  ) e limit ${KEYS_MAX + 1}
), counted as materialized (select count(*) > ${KEYS_MAX} as is_too_much from k)
select ${ROW_COLUMNS} from (
  select k.created_at, k.id from k where not (select is_too_much from counted)
  order by k.created_at desc, k.id limit ${conditions.value(limit, 'bigint')}
) k join event e on e.id = k.id and e.created_at = k.created_at
union all select '', '', 0, 0, null, '' from counted where is_too_much
order by 3 desc, 1`;
  return named(filter, text, conditions);
}

/** Whether rows are the answer that there is too much for {@link fewAuthorsStatement}. */
export function isTooMuch([first]: readonly EventRow[]): boolean {
  return first?.[0] === '';
}
