import type { ClientBase } from 'pg';
import type { NostrEvent } from '../../../nostr/event.ts';
import { type StoredEvent, toStoredEvent } from '../stored-event.ts';
import { columns, type Field } from './arrays.ts';
import type { Version } from './batch.ts';
import { addressKey, bytea, tagKey } from './keys.ts';

const REMOVE_EVENTS = `
delete from event e using unnest($1::bytea[], $2::bigint[]) as v (id, created_at)
where e.id = v.id and e.created_at = v.created_at
returning e.json`;

const REMOVE_TAGS = `
delete from tag t using unnest($1::bytea[], $2::bigint[], $3::int[], $4::bytea[])
  as v (tag, created_at, kind, id)
where t.tag = v.tag and t.created_at = v.created_at and t.kind = v.kind and t.id = v.id`;

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
    ['bytea', 'int8'],
  );
  const { rows } = await client.query<[string]>({
    name: 'remove-events',
    text: REMOVE_EVENTS,
    values: ids,
    rowMode: 'array',
  });
  const removed = rows.map(([json]) => toStoredEvent(JSON.parse(json) as NostrEvent, json));
  await client.query({
    name: 'remove-tags',
    text: REMOVE_TAGS,
    values: tagColumns(removed.flatMap(tagRows)),
  });
  const addresses = removed.flatMap(({ id, address }) => {
    const key = address === null ? null : addressKey(address);
    return key === null ? [] : [[key.pubkey, key.kind, key.d, bytea(id)]];
  });
  if (addresses.length > 0) {
    const values = columns(addresses, ['bytea', 'int4', 'bytea', 'bytea']);
    await client.query({ name: 'remove-addresses', text: REMOVE_ADDRESSES, values });
  }
  return removed;
}

/** The rows of the tag table that an event needs: tag, created_at, kind, id. */
export function tagRows({ id, created_at, kind, tags }: StoredEvent): Field[][] {
  return tags.map(([name, value]) => [tagKey(name, value), created_at, kind, bytea(id)]);
}

/** Rows of the tag table as columns. */
export function tagColumns(rows: readonly Field[][]): Buffer[] {
  return columns(rows, ['bytea', 'int8', 'int4', 'bytea']);
}
