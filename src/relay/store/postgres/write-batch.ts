import { DELETION_KIND } from '../../../nostr/kinds.ts';
import type { AddOutcome } from '../store.ts';
import type { StoredEvent } from '../stored-event.ts';
import { columns } from './arrays.ts';
import {
  copyMessages,
  EVENT_COLUMNS,
  type EventRows,
  eventRows,
  fieldsOf,
  joinedInts,
  TAG_COLUMNS,
} from './copy-rows.ts';
import { obeyRequests } from './deletions.ts';
import { forbiddenAmong, forbiddenByOwner, ownerColumns } from './forbidden.ts';
import { bytea } from './keys.ts';
import { removeRows, removeTraces, tagColumns } from './remove.ts';
import type { Querying, Statements } from './statements.ts';
import { type SettledVersions, settleVersions } from './versions.ts';

/** `$9` has the words of all events, one behind the other. */
const INSERT = `
with forbidden as (
  ${forbiddenByOwner(14)}
), stored as (
  insert into event (${EVENT_COLUMNS})
  select e.id, e.pubkey, e.created_at, e.kind, e.expires_at, e.json, nullif(($9::int[])[e.first:e.last], '{}')
  from unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::int[], $5::bigint[], $6::text[], $7::int[], $8::int[])
    with ordinality as e (id, pubkey, created_at, kind, expires_at, json, first, last, n)
  where e.n - 1 not in (select n from forbidden)
  on conflict (id, created_at) do nothing
  returning id
), tagged as (
  insert into tag (${TAG_COLUMNS})
  select t.* from unnest($10::bytea[], $11::bigint[], $12::int[], $13::bytea[]) as t (tag, created_at, kind, id)
  join stored using (id)
)
select encode(id, 'hex'), null from stored
union all select null, n from forbidden`;

const COPY_EVENTS = `copy event (${EVENT_COLUMNS}) from stdin binary`;
const COPY_TAGS = `copy tag (${TAG_COLUMNS}) from stdin binary`;

/** OFFSET 0: each id is looked up by its key. As a join, or by a range of time, whole months were read for a batch. */
const STORED_AMONG = `
select encode(v.id, 'hex') from unnest($1::bytea[], $2::bigint[]) as v (id, created_at)
where exists (select from event e where e.id = v.id and e.created_at = v.created_at offset 0)`;

/** What came of a batch. */
export interface BatchResult {
  /** By id. */
  readonly outcomes: ReadonlyMap<string, AddOutcome>;
  /** Events that had to go: deleted, or replaced by a newer version. */
  readonly removed: readonly StoredEvent[];
}

/** An event with what can be computed of it while the batch before is at the database. */
export interface PreparedEvent {
  readonly event: StoredEvent;
  readonly rows: EventRows;
}

/** Computes the rows of an event. */
export function prepareEvent(event: StoredEvent): PreparedEvent {
  return { event, rows: eventRows(event) };
}

/** What the last statements of a transaction come to. They are sent: a commit may be sent right behind them. */
export interface LastSent<T> {
  readonly done: Promise<T>;
}

/**
 * Stores events of different ids in the transaction of `client`; the outcome is that of one after the other in their
 * order, see {@link selectBatch}. What depends on no answer is sent at once, so that the server has something to do while
 * an answer is read.
 */
export async function writeBatch(
  client: Querying,
  batch: readonly PreparedEvent[],
): Promise<LastSent<BatchResult>> {
  const others = batch.filter(({ event }) => event.address === null);
  const versions = batch.filter(({ event }) => event.address !== null);
  const careful = [...versions, ...others.filter(({ event }) => event.kind === DELETION_KIND)];
  const deciding = careful.length === 0 ? null : decide(client, careful);
  const inserting = insertEvents(client, others, true).then((inserted) => outcomesOf(others, inserted));
  if (deciding === null) return { done: inserting.then((outcomes) => ({ outcomes, removed: [] })) };
  const removing = deciding.then((decided) => {
    const winners = versions.filter(({ event }) => decided.winners.has(event.id));
    return exchange(client, decided, () => insertEvents(client, winners, false));
  });
  const [decided, outcomes, removed] = await Promise.all([deciding, inserting, removing]);
  return { done: conclude(client, new Map([...outcomes, ...decided.outcomes]), removed) };
}

/**
 * The same by COPY, which takes three quarters of the time for many events, but fails with a `unique_violation` where
 * another relay stores one of them meanwhile.
 */
export async function copyBatch(
  client: Statements,
  batch: readonly PreparedEvent[],
): Promise<LastSent<BatchResult>> {
  const [decided, stored] = await Promise.all([decide(client, batch), storedAmong(client, batch)]);
  const outcomes = new Map<string, AddOutcome>(
    batch.map(({ event }) => [event.id, stored.has(event.id) ? 'duplicate' : 'stored']),
  );
  for (const [id, outcome] of decided.outcomes) outcomes.set(id, outcome);
  const fresh = batch.filter(
    ({ event: { id, address } }) =>
      !stored.has(id) && (address === null ? !decided.forbidden.has(id) : decided.winners.has(id)),
  );
  const removed = await exchange(client, decided, () => copyEvents(client, fresh));
  return { done: conclude(client, outcomes, removed) };
}

/** What an earlier request forbids among events, what becomes of versions, and what has to go for both. */
interface Decided extends SettledVersions {
  readonly forbidden: ReadonlySet<string>;
  /** The requests to delete that are not forbidden. */
  readonly requests: readonly StoredEvent[];
}

/** Decides about events, which is little to do. All that is asked for it is on its way when this returns. */
async function decide(client: Querying, batch: readonly PreparedEvent[]): Promise<Decided> {
  const events = batch.map(({ event }) => event);
  const asking = forbiddenAmong(client, events);
  const versions = events.filter(({ address }) => address !== null);
  const [forbidden, settled] = await Promise.all([asking, settleVersions(client, versions, asking)]);
  const outcomes = new Map<string, AddOutcome>([...forbidden].map((id) => [id, 'deleted']));
  for (const [id, outcome] of settled.outcomes) outcomes.set(id, outcome);
  const requests = events.filter(({ id, kind }) => kind === DELETION_KIND && !forbidden.has(id));
  return { ...settled, outcomes, forbidden, requests };
}

/**
 * Stores the events that are left and removes the rows of those that have to go for them: what is deleted may be among
 * those that are stored. All is on its way when this returns.
 */
async function exchange(
  client: Querying,
  { replaced, requests }: Decided,
  store: () => Promise<unknown>,
): Promise<readonly StoredEvent[]> {
  const removing = removeRows(client, replaced);
  const storing = store();
  const [gone, deleted] = await Promise.all([removing, obeyRequests(client, requests), storing]);
  return [...gone, ...deleted];
}

/** Removes the traces of what is removed, with the last statements. */
async function conclude(
  client: Querying,
  outcomes: ReadonlyMap<string, AddOutcome>,
  removed: readonly StoredEvent[],
): Promise<BatchResult> {
  await removeTraces(client, removed);
  return { outcomes, removed };
}

function outcomesOf(
  events: readonly PreparedEvent[],
  { stored, forbidden }: Inserted,
): Map<string, AddOutcome> {
  const outcomes = new Map<string, AddOutcome>(events.map(({ event }) => [event.id, 'duplicate']));
  for (const id of stored) outcomes.set(id, 'stored');
  for (const id of forbidden) outcomes.set(id, 'deleted');
  return outcomes;
}

/** Ids of events. */
interface Inserted {
  /** Those that are new. */
  readonly stored: ReadonlySet<string>;
  /** Those that a request, to delete or to vanish, forbids; none where that was not looked at. */
  readonly forbidden: ReadonlySet<string>;
}

const NOTHING_INSERTED: Inserted = { stored: new Set(), forbidden: new Set() };

/** In the order in which locks are taken: month by month, because COPY fills one partition after the other, and by id. */
function inOrder(events: readonly PreparedEvent[]): readonly PreparedEvent[] {
  const months = new Map(events.map((prepared) => [prepared, monthOf(prepared.event.created_at)]));
  const monthIn = (prepared: PreparedEvent): number => months.get(prepared) ?? 0;
  return [...events].sort((a, b) => monthIn(a) - monthIn(b) || (a.event.id < b.event.id ? -1 : 1));
}

/** The number of a month of UTC; 0 for seconds that are in none. */
function monthOf(seconds: number): number {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? 0 : 12 * date.getUTCFullYear() + date.getUTCMonth();
}

/** @param isGuarded whether what is forbidden by its owner is left out; otherwise the caller has left it out */
async function insertEvents(
  client: Querying,
  events: readonly PreparedEvent[],
  isGuarded: boolean,
): Promise<Inserted> {
  if (events.length === 0) return NOTHING_INSERTED;
  const sorted = inOrder(events);
  const rows = sorted.flatMap(({ rows: { row } }) => fieldsOf(row));
  const words = joinedInts(rows.map((fields) => fields.at(-1) ?? null));
  const placed = rows.map((fields, n) => [...fields.slice(0, -1), ...(words.ranges[n] ?? [])]);
  const answer = await client.query<[string | null, number | null]>({
    name: 'insert-events',
    text: INSERT,
    values: [
      ...columns(placed, ['bytea', 'bytea', 'int8', 'int4', 'int8', 'text', 'int4', 'int4']),
      words.joined,
      ...tagColumns(sorted.flatMap(({ rows: { tags } }) => fieldsOf(tags))),
      ...ownerColumns(isGuarded ? sorted.map(({ event }) => event) : []),
    ],
    rowMode: 'array',
  });
  const forbidden = answer.rows.map(([, n]) => (n === null ? undefined : sorted[n]?.event.id));
  return {
    stored: new Set(answer.rows.map(([id]) => id).filter((id) => id !== null)),
    forbidden: new Set(forbidden.filter((id) => id !== undefined)),
  };
}

async function copyEvents(client: Statements, events: readonly PreparedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const sorted = inOrder(events);
  await Promise.all([
    client.copy(COPY_EVENTS, copyMessages(sorted.map(({ rows }) => rows.row))),
    client.copy(COPY_TAGS, copyMessages(sorted.map(({ rows }) => rows.tags))),
  ]);
}

/** The ids of those events that are stored already. */
async function storedAmong(client: Querying, batch: readonly PreparedEvent[]): Promise<ReadonlySet<string>> {
  const keys = batch.map(({ event }) => [bytea(event.id), event.created_at]);
  const { rows } = await client.query<[string]>({
    name: 'stored-among',
    text: STORED_AMONG,
    values: columns(keys, ['bytea', 'int8']),
    rowMode: 'array',
  });
  return new Set(rows.map(([id]) => id));
}
