import type { ClientBase } from 'pg';
import type { NostrEvent } from '../../../nostr/event.ts';
import { type StoredEvent, toStoredEvent } from '../stored-event.ts';
import type { Version } from './batch.ts';
import { columns } from './forbidden.ts';
import { addressKey, bytea, tagKey } from './keys.ts';

const REMOVE_EVENTS = `
delete from event e using unnest($1::bytea[], $2::bigint[]) as v (id, created_at)
where e.id = v.id and e.created_at = v.created_at
returning e.json`;

const REMOVE_TAGS = `
delete from tag t using unnest($1::bytea[], $2::bigint[], $3::int[], $4::bytea[])
  as v (tag, created_at, kind, id)
where t.tag = v.tag and t.created_at = v.created_at and t.kind = v.kind and t.id = v.id`;

const REMOVE_WORDS = `
delete from search s using unnest($1::bytea[], $2::bigint[]) as v (id, created_at)
where s.id = v.id and s.created_at = v.created_at`;

const REMOVE_ADDRESSES = `
delete from replaceable r using unnest($1::bytea[], $2::int[], $3::bytea[], $4::bytea[])
  as v (pubkey, kind, d, id)
where r.pubkey = v.pubkey and r.kind = v.kind and r.d = v.d and r.id = v.id`;

/**
 * Removes events and all that was stored with them, in the transaction of `client`.
 * @returns those that were there
 */
export async function removeEvents(
  client: ClientBase,
  victims: readonly Version[],
): Promise<readonly StoredEvent[]> {
  if (victims.length === 0) return [];
  const ids = columns(
    victims.map(({ id, created_at }) => [bytea(id), created_at]),
    2,
  );
  const { rows } = await client.query<[string]>({ text: REMOVE_EVENTS, values: ids, rowMode: 'array' });
  const removed = rows.map(([json]) => toStoredEvent(JSON.parse(json) as NostrEvent, json));
  await client.query(REMOVE_TAGS, tagColumns(removed));
  await client.query(REMOVE_WORDS, ids);
  const addresses = removed.flatMap(({ id, address }) => {
    const key = address === null ? null : addressKey(address);
    return key === null ? [] : [[key.pubkey, key.kind, key.d, bytea(id)]];
  });
  if (addresses.length > 0) await client.query(REMOVE_ADDRESSES, columns(addresses, 4));
  return removed;
}

/** The rows of the tag table that events need, as columns: tag, created_at, kind, id. */
export function tagColumns(events: readonly StoredEvent[]): unknown[][] {
  return columns(
    events.flatMap(({ id, created_at, kind, tags }) =>
      tags.map(([name, value]) => [tagKey(name, value), created_at, kind, bytea(id)]),
    ),
    4,
  );
}
