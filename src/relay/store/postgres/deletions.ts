import { isHex64 } from '../../../nostr/event.ts';
import { DELETION_KIND, VANISH_KIND } from '../../../nostr/kinds.ts';
import { GIFT_WRAP_KIND } from '../../../nostr/nip59.ts';
import type { RemovedEvent, StoredEvent } from '../stored-event.ts';
import { type ColumnType, columns, type Field } from './arrays.ts';
import type { Version } from './batch.ts';
import { type AddressKey, addressKey, bytea, tagKey } from './keys.ts';
import { removedFrom, removeEvents } from './remove.ts';
import type { Querying } from './statements.ts';

const REMEMBER_EVENTS = `
insert into deleted_event (id, pubkey) select id, pubkey
from unnest($1::bytea[], $2::bytea[], $3::bytea[]) as named (id, pubkey, as_recipient)
on conflict do nothing`;

const DELETE_EVENTS = `
delete from event e using unnest($1::bytea[], $2::bytea[], $3::bytea[]) as named (id, pubkey, as_recipient)
where e.id = named.id and e.kind not in (${DELETION_KIND}, ${VANISH_KIND}) and (
  e.pubkey = named.pubkey
  or (e.kind = ${GIFT_WRAP_KIND} and exists (
    select from tag t
    where t.tag = named.as_recipient and t.created_at = e.created_at and t.kind = e.kind and t.id = e.id)))
returning e.json`;

const REMEMBER_ADDRESSES = `
insert into deleted_address as a (pubkey, kind, d, until)
select pubkey, kind, d, max(until)
from unnest($1::bytea[], $2::int[], $3::bytea[], $4::bigint[]) as named (pubkey, kind, d, until)
group by pubkey, kind, d
on conflict (pubkey, kind, d) do update set until = excluded.until where a.until < excluded.until`;

const DELETE_VERSIONS = `
delete from event e
using unnest($1::bytea[], $2::int[], $3::bytea[], $4::bigint[]) as named (pubkey, kind, d, until)
  join replaceable r using (pubkey, kind, d)
where r.created_at <= named.until and e.id = r.id and e.created_at = r.created_at
returning e.json`;

/**
 * Remembers what requests to delete (NIP-09) name, so that it stays away, and removes the rows of those events that are
 * stored. All statements are on their way when this returns.
 * @returns what was removed: the caller removes its traces
 */
export async function obeyRequests(
  client: Querying,
  requests: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  const ids = requests.flatMap(namedIds);
  const addresses = requests.flatMap(namedAddresses);
  const removed = await Promise.all([
    remembered(client, ids, { what: 'events', types: ['bytea', 'bytea', 'bytea'] }),
    remembered(client, addresses, { what: 'versions', types: ['bytea', 'int4', 'bytea', 'int8'] }),
  ]);
  return removed.flat();
}

const REMEMBER = { events: REMEMBER_EVENTS, versions: REMEMBER_ADDRESSES } as const;
const DELETE = { events: DELETE_EVENTS, versions: DELETE_VERSIONS } as const;

/** What requests name, and the types of its columns. */
interface Named {
  readonly what: keyof typeof REMEMBER;
  readonly types: readonly ColumnType[];
}

async function remembered(
  client: Querying,
  named: readonly Field[][],
  { what, types }: Named,
): Promise<readonly StoredEvent[]> {
  if (named.length === 0) return [];
  const values = columns(named, types);
  const deleting = { name: `delete-${what}`, text: DELETE[what], values, rowMode: 'array' } as const;
  const [, { rows }] = await Promise.all([
    client.query({ name: `remember-${what}`, text: REMEMBER[what], values }),
    client.query<[string]>(deleting),
  ]);
  return removedFrom(rows);
}

function namedIds({ pubkey, tags }: StoredEvent): Field[][] {
  return tags
    .filter(([name, value]) => name === 'e' && isHex64(value))
    .map(([, value]) => [bytea(value), bytea(pubkey), tagKey('p', pubkey)]);
}

function namedAddresses({ pubkey, created_at, tags }: StoredEvent): Field[][] {
  return tags
    .map(([name, value]) => (name === 'a' ? addressKey(value) : null))
    .filter((key): key is AddressKey => key?.pubkey === bytea(pubkey))
    .map(({ pubkey: owner, kind, d }) => [owner, kind, d, created_at]);
}

/** Victims that are removed with one statement: a key may have a hundred thousand events. */
const VANISH_STEP = 1_000;

const REMEMBER_VANISHED = `
insert into vanished as v (pubkey, until) values ($1::bytea, $2)
on conflict (pubkey) do update set until = greatest(v.until, excluded.until)`;

const OWN_EVENTS = `
select encode(id, 'hex') as id, created_at::float8 as created_at from event
where pubkey = $1::bytea and created_at <= $2 and kind <> ${VANISH_KIND} limit ${VANISH_STEP}`;

const RECEIVED_WRAPS = `
select encode(id, 'hex') as id, created_at::float8 as created_at from tag
where tag = $1::bytea and created_at <= $2 and kind = ${GIFT_WRAP_KIND} limit ${VANISH_STEP}`;

/**
 * Obeys a request to vanish (NIP-62) in the transaction of `client`, see `EventStore.vanish`.
 * @returns the events that were removed
 */
export async function vanishKey(
  client: Querying,
  pubkey: string,
  untilSeconds: number,
): Promise<readonly RemovedEvent[]> {
  const removed: RemovedEvent[] = [];
  await client.query(REMEMBER_VANISHED, [bytea(pubkey), untilSeconds]);
  const kinds = [
    { text: OWN_EVENTS, key: bytea(pubkey) },
    { text: RECEIVED_WRAPS, key: tagKey('p', pubkey) },
  ];
  for (const { text, key } of kinds) {
    for (;;) {
      const { rows } = await client.query<Version>(text, [key, untilSeconds]);
      for (const { id, address } of await removeEvents(client, rows)) removed.push({ id, address });
      if (rows.length < VANISH_STEP) break;
    }
  }
  return removed;
}
