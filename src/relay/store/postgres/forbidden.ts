import { isHex64 } from '../../../nostr/event.ts';
import { DELETION_KIND, VANISH_KIND } from '../../../nostr/kinds.ts';
import type { StoredEvent } from '../stored-event.ts';
import { ownersOf } from '../tombstones.ts';
import { columns } from './arrays.ts';
import { addressKey, bytea } from './keys.ts';
import type { Querying } from './statements.ts';

/**
 * A query for the numbers `n` of the events that a request about their owner, or about their id, forbids.
 * @param first number of the first of the five parameters, see {@link ownerColumns}
 */
export function forbiddenByOwner(first: number): string {
  const [n, id, owner, createdAt, deletable] = [0, 1, 2, 3, 4].map((index) => `$${first + index}`);
  return `select o.n from unnest(${n}::int[], ${id}::bytea[], ${owner}::bytea[], ${createdAt}::bigint[],
    ${deletable}::boolean[]) as o (n, id, owner, created_at, deletable)
  where exists (select from vanished v where v.pubkey = o.owner and v.until >= o.created_at)
    or (o.deletable and exists (select from deleted_event d where d.id = o.id and d.pubkey = o.owner))`;
}

const FORBIDDEN = `
${forbiddenByOwner(1)}
union all
select a.n from unnest($6::int[], $7::bytea[], $8::int[], $9::bytea[], $10::bigint[])
  as a (n, pubkey, kind, d, created_at)
where exists (
  select from deleted_address x
  where x.pubkey = a.pubkey and x.kind = a.kind and x.d = a.d and x.until >= a.created_at)`;

/** The ids of those events that an earlier request, to delete or to vanish, forbids. */
export async function forbiddenAmong(client: Querying, events: readonly StoredEvent[]): Promise<Set<string>> {
  const { rows } = await client.query<[number]>({
    name: 'forbidden',
    text: FORBIDDEN,
    values: [...ownerColumns(events), ...addressColumns(events)],
    rowMode: 'array',
  });
  return new Set(rows.map(([n]) => events[n]?.id ?? ''));
}

/** The owners of events, as {@link forbiddenByOwner} takes them; events are numbered from 0. */
export function ownerColumns(events: readonly StoredEvent[]): Buffer[] {
  const owners = [...events.entries()].flatMap(([n, event]) =>
    event.kind === VANISH_KIND
      ? []
      : ownersOf(event)
          .filter(isHex64)
          .map((owner) => [n, bytea(event.id), bytea(owner), event.created_at, event.kind !== DELETION_KIND]),
  );
  return columns(owners, ['int4', 'bytea', 'bytea', 'int8', 'bool']);
}

function addressColumns(events: readonly StoredEvent[]): Buffer[] {
  const addresses = [...events.entries()].flatMap(([n, { kind, address, created_at }]) => {
    const key = kind === VANISH_KIND || address === null ? null : addressKey(address);
    return key === null ? [] : [[n, key.pubkey, key.kind, key.d, created_at]];
  });
  return columns(addresses, ['int4', 'bytea', 'int4', 'bytea', 'int8']);
}
