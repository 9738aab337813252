import type { ClientBase } from 'pg';
import { isHex64 } from '../../../nostr/event.ts';
import { DELETION_KIND, VANISH_KIND } from '../../../nostr/kinds.ts';
import type { StoredEvent } from '../stored-event.ts';
import { ownersOf } from '../tombstones.ts';
import { columns } from './arrays.ts';
import { addressKey, bytea } from './keys.ts';

const FORBIDDEN = `
select o.n from unnest($1::int[], $2::bytea[], $3::bytea[], $4::bigint[], $5::boolean[])
  as o (n, id, owner, created_at, deletable)
where exists (select from vanished v where v.pubkey = o.owner and v.until >= o.created_at)
   or (o.deletable and exists (select from deleted_event d where d.id = o.id and d.pubkey = o.owner))
union all
select a.n from unnest($6::int[], $7::bytea[], $8::int[], $9::bytea[], $10::bigint[])
  as a (n, pubkey, kind, d, created_at)
where exists (
  select from deleted_address x
  where x.pubkey = a.pubkey and x.kind = a.kind and x.d = a.d and x.until >= a.created_at)`;

/** The ids of those events that an earlier request, to delete or to vanish, forbids. */
export async function forbiddenAmong(
  client: ClientBase,
  events: readonly StoredEvent[],
): Promise<Set<string>> {
  const owners: [number, string, string, number, boolean][] = [];
  const addresses: [number, string, number, string, number][] = [];
  for (const [n, event] of events.entries()) {
    if (event.kind === VANISH_KIND) continue;
    for (const owner of ownersOf(event)) {
      if (!isHex64(owner)) continue;
      owners.push([n, bytea(event.id), bytea(owner), event.created_at, event.kind !== DELETION_KIND]);
    }
    const address = event.address === null ? null : addressKey(event.address);
    if (address !== null) addresses.push([n, address.pubkey, address.kind, address.d, event.created_at]);
  }
  const { rows } = await client.query<[number]>({
    name: 'forbidden',
    text: FORBIDDEN,
    values: [
      ...columns(owners, ['int4', 'bytea', 'bytea', 'int8', 'bool']),
      ...columns(addresses, ['int4', 'bytea', 'int4', 'bytea', 'int8']),
    ],
    rowMode: 'array',
  });
  return new Set(rows.map(([n]) => events[n]?.id ?? ''));
}
