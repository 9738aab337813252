import type { AddOutcome } from '../store.ts';
import type { StoredEvent } from '../stored-event.ts';
import { columns, type Field } from './arrays.ts';
import { type Rivals, rivalsOf, settleRivals, type Version } from './batch.ts';
import { addressKey, bytea } from './keys.ts';
import type { Querying } from './statements.ts';

/** A version that is forbidden takes no place: whoever asks learns by another statement why. */
const TAKE_ADDRESSES = `
insert into replaceable as r (pubkey, kind, d, created_at, id)
select a.* from unnest($1::bytea[], $2::int[], $3::bytea[], $4::bigint[], $5::bytea[])
  as a (pubkey, kind, d, created_at, id)
where not exists (select from vanished v where v.pubkey = a.pubkey and v.until >= a.created_at)
  and not exists (select from deleted_event x where x.id = a.id and x.pubkey = a.pubkey)
  and not exists (
    select from deleted_address x
    where x.pubkey = a.pubkey and x.kind = a.kind and x.d = a.d and x.until >= a.created_at)
on conflict (pubkey, kind, d) do update
set created_at = excluded.created_at, id = excluded.id, old_created_at = r.created_at, old_id = r.id
where excluded.created_at > r.created_at or (excluded.created_at = r.created_at and excluded.id < r.id)
returning encode(id, 'hex') as id, old_created_at::float8 as old_created_at, encode(old_id, 'hex') as old_id`;

const CURRENT_VERSIONS = `
select v.n, encode(r.id, 'hex') as id, r.created_at::float8 as created_at
from unnest($1::int[], $2::bytea[], $3::int[], $4::bytea[]) as v (n, pubkey, kind, d)
join replaceable r using (pubkey, kind, d)`;

/** What became of the versions in a batch. */
export interface SettledVersions {
  /** By id; none of those that are forbidden. */
  readonly outcomes: ReadonlyMap<string, AddOutcome>;
  /** Ids of the versions that have their places now, and are to be stored. */
  readonly winners: ReadonlySet<string>;
  /** Versions that had them before. */
  readonly replaced: readonly Version[];
}

/** The version that had the place of one that was taken, by the id of this; null where it was free. */
type Taken = ReadonlyMap<string, Version | null>;

/**
 * Puts the best version of each address in its place, if that is better than what is there. The first statement is on
 * its way when this returns.
 * @param versions events that have an address
 * @param forbidden ids of those that an earlier request forbids
 */
export async function settleVersions(
  client: Querying,
  versions: readonly StoredEvent[],
  forbidden: Promise<ReadonlySet<string>>,
): Promise<SettledVersions> {
  const hoped = rivalsOf(versions);
  const [first, kept] = await Promise.all([takeAddresses(client, hoped), forbidden]);
  const rivals = kept.size === 0 ? hoped : rivalsOf(versions.filter(({ id }) => !kept.has(id)));
  const asked = new Set(hoped.map(({ best }) => best.id));
  // Out of the order of addresses, which is that of locks: where two relays wait for each other one of them tries again.
  const second = await takeAddresses(
    client,
    rivals.filter(({ best }) => !asked.has(best.id)),
  );
  const taken: Taken = new Map([...first, ...second]);
  const losers = rivals.filter(({ best }) => !taken.has(best.id)).map(({ best }) => best);
  return settle(rivals, taken, await currentVersions(client, losers));
}

function settle(
  rivals: readonly Rivals[],
  taken: Taken,
  current: ReadonlyMap<string, Version>,
): SettledVersions {
  const outcomes = new Map<string, AddOutcome>();
  for (const { best, versions } of rivals) {
    const before = taken.get(best.id) ?? current.get(best.id) ?? null;
    const settled = settleRivals(versions, before);
    for (const [index, { id }] of versions.entries()) outcomes.set(id, settled[index] ?? 'superseded');
  }
  const replaced = [...taken.values()].filter((version) => version !== null);
  return { outcomes, winners: new Set(taken.keys()), replaced };
}

interface TakenRow {
  readonly id: string;
  readonly old_id: string | null;
  readonly old_created_at: number | null;
}

async function takeAddresses(client: Querying, rivals: readonly Rivals[]): Promise<Taken> {
  if (rivals.length === 0) return new Map();
  const values = columns(
    rivals.map(({ best }) => addressRow(best)),
    ['bytea', 'int4', 'bytea', 'int8', 'bytea'],
  );
  const { rows } = await client.query<TakenRow>({ name: 'take-addresses', text: TAKE_ADDRESSES, values });
  return new Map(rows.map((row) => [row.id, versionOf(row.old_id, row.old_created_at)]));
}

function versionOf(id: string | null, createdAt: number | null): Version | null {
  return id === null || createdAt === null ? null : { id, created_at: createdAt };
}

function addressRow({ id, created_at, address }: StoredEvent): (Field | undefined)[] {
  const key = addressKey(address ?? '');
  return [key?.pubkey, key?.kind, key?.d, created_at, bytea(id)];
}

/** The stored version of the address of each event, by the id of the event. */
async function currentVersions(
  client: Querying,
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
