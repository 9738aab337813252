import type { ClientBase } from 'pg';
import { DELETION_KIND } from '../../../nostr/kinds.ts';
import type { AddOutcome } from '../store.ts';
import type { StoredEvent } from '../stored-event.ts';
import { columns, type Field } from './arrays.ts';
import { rivalsOf, settleRivals, type Version } from './batch.ts';
import { rememberDeleted } from './deletions.ts';
import { forbiddenAmong, forbiddenByOwner, ownerColumns } from './forbidden.ts';
import { addressKey, bytea } from './keys.ts';
import { removeEvents, tagColumns, tagRows } from './remove.ts';
import { wordsColumn } from './words.ts';

const TAKE_ADDRESSES = `
insert into replaceable as r (pubkey, kind, d, created_at, id)
select * from unnest($1::bytea[], $2::int[], $3::bytea[], $4::bigint[], $5::bytea[])
on conflict (pubkey, kind, d) do update
set created_at = excluded.created_at, id = excluded.id, old_created_at = r.created_at, old_id = r.id
where excluded.created_at > r.created_at or (excluded.created_at = r.created_at and excluded.id < r.id)
returning encode(id, 'hex') as id, old_created_at::float8 as old_created_at, encode(old_id, 'hex') as old_id`;

const CURRENT_VERSIONS = `
select v.n, encode(r.id, 'hex') as id, r.created_at::float8 as created_at
from unnest($1::int[], $2::bytea[], $3::int[], $4::bytea[]) as v (n, pubkey, kind, d)
join replaceable r using (pubkey, kind, d)`;

const INSERT = `
with forbidden as (
  ${forbiddenByOwner(12)}
), stored as (
  insert into event (id, pubkey, created_at, kind, expires_at, json, words)
  select e.id, e.pubkey, e.created_at, e.kind, e.expires_at, e.json, e.words::int[]
  from unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::int[], $5::bigint[], $6::text[], $7::text[])
    with ordinality as e (id, pubkey, created_at, kind, expires_at, json, words, n)
  where e.n - 1 not in (select n from forbidden)
  on conflict (id, created_at) do nothing
  returning id
), tagged as (
  insert into tag (tag, created_at, kind, id)
  select t.* from unnest($8::bytea[], $9::bigint[], $10::int[], $11::bytea[]) as t (tag, created_at, kind, id)
  join stored using (id)
)
select encode(id, 'hex'), null from stored
union all select null, n from forbidden`;

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
  readonly row: readonly Field[];
  readonly tags: readonly Field[][];
}

/** Computes the rows of an event. */
export function prepareEvent(event: StoredEvent): PreparedEvent {
  const { id, pubkey, created_at, kind, expiresAt, json } = event;
  const expires = Number.isFinite(expiresAt) ? expiresAt : null;
  const row = [bytea(id), bytea(pubkey), created_at, kind, expires, json, wordsColumn(event)];
  return { event, row, tags: tagRows(event) };
}

/** Whether the events of a batch have nothing to do with each other or with what is stored: one statement stores them. */
export function isPlain(batch: readonly PreparedEvent[]): boolean {
  return batch.every(({ event }) => event.address === null && event.kind !== DELETION_KIND);
}

/**
 * Stores the events of a {@link isPlain | plain} batch, in the transaction of `client`. The statement is on its way when
 * this returns, so that what comes after it can be sent behind it.
 */
export async function writePlainBatch(
  client: ClientBase,
  batch: readonly PreparedEvent[],
): Promise<BatchResult> {
  const outcomes = new Map<string, AddOutcome>(batch.map(({ event }) => [event.id, 'duplicate']));
  const { stored, forbidden } = await insertEvents(client, batch, true);
  for (const id of stored) outcomes.set(id, 'stored');
  for (const id of forbidden) outcomes.set(id, 'deleted');
  return { outcomes, removed: [] };
}

/**
 * Stores events of different ids in the transaction of `client`; the outcome is that of one after the other in their
 * order, see {@link batchLength}.
 */
export async function writeBatch(client: ClientBase, batch: readonly PreparedEvent[]): Promise<BatchResult> {
  const events = batch.map(({ event }) => event);
  const outcomes = new Map<string, AddOutcome>();
  const forbidden = await forbiddenAmong(client, events);
  for (const id of forbidden) outcomes.set(id, 'deleted');
  const allowed = events.filter(({ id }) => !forbidden.has(id));
  const { winners, replaced } = await takeAddresses(client, allowed, outcomes);
  const candidates = allowed.filter((event) => event.address === null || winners.has(event.id));
  const chosen = new Set(candidates.map(({ id }) => id));
  const prepared = batch.filter(({ event }) => chosen.has(event.id));
  const { stored } = await insertEvents(client, prepared, false);
  for (const { id, address } of candidates) {
    if (address === null) outcomes.set(id, stored.has(id) ? 'stored' : 'duplicate');
  }
  const requests = candidates.filter(({ id, kind }) => kind === DELETION_KIND && stored.has(id));
  const deleted = requests.length > 0 ? await rememberDeleted(client, requests) : [];
  return { outcomes, removed: await removeEvents(client, [...replaced, ...deleted]) };
}

interface TakenAddresses {
  /** Ids of the versions that are stored now. */
  readonly winners: ReadonlySet<string>;
  /** Versions that were stored before. */
  readonly replaced: readonly Version[];
}

interface TakenRow {
  readonly id: string;
  readonly old_id: string | null;
  readonly old_created_at: number | null;
}

function addressRow({ id, created_at, address }: StoredEvent): (Field | undefined)[] {
  const key = addressKey(address ?? '');
  return [key?.pubkey, key?.kind, key?.d, created_at, bytea(id)];
}

/** Puts the best version of each address in its place, if that is better than what is there. */
async function takeAddresses(
  client: ClientBase,
  events: readonly StoredEvent[],
  outcomes: Map<string, AddOutcome>,
): Promise<TakenAddresses> {
  const rivals = rivalsOf(events);
  if (rivals.length === 0) return { winners: new Set(), replaced: [] };
  const bests = columns(
    rivals.map(({ best }) => addressRow(best)),
    ['bytea', 'int4', 'bytea', 'int8', 'bytea'],
  );
  const { rows } = await client.query<TakenRow>({
    name: 'take-addresses',
    text: TAKE_ADDRESSES,
    values: bests,
  });
  const taken = new Map(rows.map((row) => [row.id, versionOf(row.old_id, row.old_created_at)]));
  const losers = rivals.filter(({ best }) => !taken.has(best.id)).map(({ best }) => best);
  const current = await currentVersions(client, losers);
  for (const { best, versions } of rivals) {
    const before = taken.get(best.id) ?? current.get(best.id) ?? null;
    const settled = settleRivals(versions, before);
    for (const [index, { id }] of versions.entries()) outcomes.set(id, settled[index] ?? 'superseded');
  }
  return {
    winners: new Set(taken.keys()),
    replaced: [...taken.values()].filter((version) => version !== null),
  };
}

function versionOf(id: string | null, createdAt: number | null): Version | null {
  return id === null || createdAt === null ? null : { id, created_at: createdAt };
}

/** The stored version of the address of each event, by the id of the event. */
async function currentVersions(
  client: ClientBase,
  events: readonly StoredEvent[],
): Promise<ReadonlyMap<string, Version>> {
  if (events.length === 0) return new Map();
  const keys = events.map((event, n) => [n, ...addressRow(event).slice(0, 3)]);
  const { rows } = await client.query<Version & { n: number }>({
    name: 'current-versions',
    text: CURRENT_VERSIONS,
    values: columns(keys, ['int4', 'bytea', 'int4', 'bytea']),
  });
  return new Map(rows.map(({ n, id, created_at }) => [events[n]?.id ?? '', { id, created_at }]));
}

/** Ids of events. */
interface Inserted {
  /** Those that are new. */
  readonly stored: ReadonlySet<string>;
  /** Those that a request, to delete or to vanish, forbids; none where that was not looked at. */
  readonly forbidden: ReadonlySet<string>;
}

const NOTHING_INSERTED: Inserted = { stored: new Set(), forbidden: new Set() };

/**
 * Inserts events in the order of their ids, as locks must be taken.
 * @param isGuarded whether what is forbidden by its owner is left out; otherwise the caller has left it out
 */
async function insertEvents(
  client: ClientBase,
  events: readonly PreparedEvent[],
  isGuarded: boolean,
): Promise<Inserted> {
  if (events.length === 0) return NOTHING_INSERTED;
  const sorted = [...events].sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
  const { rows } = await client.query<[string | null, number | null]>({
    name: 'insert-events',
    text: INSERT,
    values: [
      ...columns(
        sorted.map(({ row }) => row),
        ['bytea', 'bytea', 'int8', 'int4', 'int8', 'text', 'text'],
      ),
      ...tagColumns(sorted.flatMap(({ tags }) => tags)),
      ...ownerColumns(isGuarded ? sorted.map(({ event }) => event) : []),
    ],
    rowMode: 'array',
  });
  const forbidden = rows.map(([, n]) => (n === null ? undefined : sorted[n]?.event.id));
  return {
    stored: new Set(rows.map(([id]) => id).filter((id) => id !== null)),
    forbidden: new Set(forbidden.filter((id) => id !== undefined)),
  };
}
