import type { NostrEvent } from '../../../nostr/event.ts';
import { type StoredEvent, toStoredEvent } from '../stored-event.ts';
import { columns, type Field } from './arrays.ts';
import type { Version } from './batch.ts';
import { addressKey, bytea, tagKey } from './keys.ts';
import type { Querying } from './statements.ts';

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
  client: Querying,
  victims: readonly Version[],
): Promise<readonly StoredEvent[]> {
  const removed = await removeRows(client, victims);
  await removeTraces(client, removed);
  return removed;
}

/**
 * Removes the rows of events. The statement is on its way when this returns.
 * @returns those that were there: {@link removeTraces} removes the rest
 */
export async function removeRows(
  client: Querying,
  victims: readonly Version[],
): Promise<readonly StoredEvent[]> {
  if (victims.length === 0) return [];
  const values = columns(
    victims.map(({ id, created_at }) => [bytea(id), created_at]),
    ['bytea', 'int8'],
  );
  const query = { name: 'remove-events', text: REMOVE_EVENTS, values, rowMode: 'array' } as const;
  return removedFrom((await client.query<[string]>(query)).rows);
}

/** The events of the rows that a statement has removed: their JSON alone. */
export function removedFrom(rows: readonly (readonly [string])[]): StoredEvent[] {
  return rows.map(([json]) => toStoredEvent(JSON.parse(json) as NostrEvent, json));
}

/** Removes what was stored beside the rows of events that are gone. All statements are on their way when this returns. */
export async function removeTraces(client: Querying, removed: readonly StoredEvent[]): Promise<void> {
  if (removed.length === 0) return;
  const values = tagColumns(removed.flatMap(tagRows));
  const sent: Promise<unknown>[] = [client.query({ name: 'remove-tags', text: REMOVE_TAGS, values })];
  const addresses = removed.flatMap(({ id, address }) => {
    const key = address === null ? null : addressKey(address);
    return key === null ? [] : [[key.pubkey, key.kind, key.d, bytea(id)]];
  });
  if (addresses.length > 0) {
    const keys = columns(addresses, ['bytea', 'int4', 'bytea', 'bytea']);
    sent.push(client.query({ name: 'remove-addresses', text: REMOVE_ADDRESSES, values: keys }));
  }
  await Promise.all(sent);
}

/** The rows of the tag table that an event needs: tag, created_at, kind, id. */
export function tagRows({ id, created_at, kind, tags }: StoredEvent): Field[][] {
  return tags.map(([name, value]) => [tagKey(name, value), created_at, kind, bytea(id)]);
}

/** Rows of the tag table as columns. */
export function tagColumns(rows: readonly Field[][]): Buffer[] {
  return columns(rows, ['bytea', 'int8', 'int4', 'bytea']);
}
