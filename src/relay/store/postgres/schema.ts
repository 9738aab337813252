/** A step of the schema that runs once. Steps are only ever appended: a database remembers them by number. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * `event` and `tag` are partitioned by month of `created_at`, so that recent events, which nearly every query asks
 * for, have small indexes, and old ones are vacuumed never again. A verified id fixes `created_at` (it is hashed),
 * so a primary key of both makes ids unique over all partitions, without a table of ids beside them.
 *
 * Keys and ids are `bytea`, half of their hex. `json` is the text that is sent: nothing is serialised again. The
 * indexes include the id, and nothing of the event: a btree row ends at 2,704 bytes, and an INSERT beyond fails.
 *
 * `txid` is the transaction that stored the event: what one has not seen is what was stored by transactions that
 * were not over when one last looked, whatever the order in which they were committed.
 */
const EVENTS = `
create table event (
  created_at bigint not null,
  expires_at bigint,
  txid bigint not null default (pg_current_xact_id()::text::bigint),
  kind integer not null,
  id bytea not null,
  pubkey bytea not null,
  json text not null,
  primary key (id, created_at)
) partition by range (created_at);
create index event_by_author on event (pubkey, kind, created_at desc) include (id);
create index event_by_kind on event (kind, created_at desc) include (id);
create index event_by_time on event (created_at desc) include (id);
create index event_by_transaction on event (txid);
create index event_by_expiry on event (expires_at) include (id) where expires_at is not null;
create table event_default partition of event default;

create table tag (
  created_at bigint not null,
  kind integer not null,
  tag bytea not null,
  id bytea not null
) partition by range (created_at);
create index tag_by_value on tag (tag, created_at desc, kind, id);
create table tag_default partition of tag default;
`;

/**
 * One row for each address of a replaceable or addressable event: a unique key cannot span partitions. A version
 * that loses changes nothing; one that wins leaves the version that it replaced in \`old_*\`, for whoever has to
 * remove that.
 */
const REPLACEABLE = `
create table replaceable (
  pubkey bytea not null,
  kind integer not null,
  d bytea not null,
  created_at bigint not null,
  id bytea not null,
  old_created_at bigint,
  old_id bytea,
  primary key (pubkey, kind, d)
) with (fillfactor = 80);
`;

/** What is deleted stays away: by id (NIP-09), by address and time (NIP-09), by key and time (NIP-62). */
const TOMBSTONES = `
create table deleted_event (id bytea not null, pubkey bytea not null, primary key (id, pubkey));
create table deleted_address (
  pubkey bytea not null,
  kind integer not null,
  d bytea not null,
  until bigint not null,
  primary key (pubkey, kind, d)
);
create table vanished (pubkey bytea primary key, until bigint not null);
`;

/**
 * The words of a content (NIP-50) in a table of its own: events without words cost nothing, and the big index is
 * apart from those that every event needs. Words are cut the way the search cuts them, so that the index finds
 * exactly what the search would; \`tsvector\` has rules of its own for addresses, hyphens and numbers.
 */
const SEARCH = `
create table search (
  created_at bigint not null,
  id bytea not null,
  words text[] not null
) partition by range (created_at);
create index search_by_word on search using gin (words);
create index search_by_event on search (id);
create table search_default partition of search default;
`;

/** Rows up to this size stay whole: what a page of Postgres holds. */
export const INLINE_MAX_BYTES = 8_160;

/**
 * The words move into the rows of their events, as numbers (see `words.ts`, which computes the same): a table of their
 * own cost a heap, an index on ids and longer keys, a third of all that storing an event cost. Transactions come in
 * the order of the table, so that the smallest of all indexes finds the newest. Events of a few kilobytes, such as zap
 * receipts, stay in their rows as they are: what is compressed and put aside is found and unpacked row by row, which
 * took longer than the rest of the query.
 */
const WORDS = `
create function pg_temp.word_number(word text) returns integer language plpgsql as $$
declare
  number bigint := 2166136261;
begin
  for i in 1..char_length(word) loop
    number := ((number # ascii(substr(word, i, 1))) * 16777619) & 4294967295;
  end loop;
  return case when number < 2147483648 then number else number - 4294967296 end;
end $$;
alter table event add column words integer[];
update event e set words = (select array_agg(distinct pg_temp.word_number(word)) from unnest(s.words) as word)
from search s where s.id = e.id and s.created_at = e.created_at;
drop table search;
drop function pg_temp.word_number;
create index event_by_word on event using gin (words) where words is not null;
drop index event_by_transaction;
create index event_by_transaction on event using brin (txid);
do $$
declare
  part regclass;
begin
  for part in select inhrelid::regclass from pg_inherits where inhparent = 'event'::regclass loop
    execute format('alter table %s set (toast_tuple_target = ${INLINE_MAX_BYTES})', part);
  end loop;
end $$;
`;

/**
 * Counts the times that relays could not tell the others what they have removed: whatever was kept before is not believed
 * then. A sequence, because nobody shall wait for anybody to count.
 */
const CACHE_EPOCH = 'create sequence cache_epoch';

/**
 * The planner learns nothing of texts and words, which no plan depends on: both are most of what a look at the tables costs,
 * and while they grow it is looked at them again and again.
 */
const UNSAMPLED = 'alter table event alter column json set statistics 0, alter column words set statistics 0';

/** All steps, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'events and tags', sql: EVENTS },
  { version: 2, name: 'replaceable events', sql: REPLACEABLE },
  { version: 3, name: 'tombstones', sql: TOMBSTONES },
  { version: 4, name: 'search', sql: SEARCH },
  { version: 5, name: 'words beside their events', sql: WORDS },
  { version: 6, name: 'epoch of the caches', sql: CACHE_EPOCH },
  { version: 7, name: 'texts and words without statistics', sql: UNSAMPLED },
];

/** Tables that are partitioned by month. */
export const PARTITIONED = ['event', 'tag'] as const;

/** Columns of them that the planner learns nothing of. */
export const UNSAMPLED_COLUMNS = { event: ['json', 'words'], tag: [] } as const;
