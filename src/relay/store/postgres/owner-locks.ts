import type { QueryConfig } from 'pg';
import { DELETION_KIND } from '../../../nostr/kinds.ts';
import type { StoredEvent } from '../stored-event.ts';
import { ownersOf } from '../tombstones.ts';
import { columns } from './arrays.ts';

/** First key of the advisory locks of owners; any number, the same for all relays. */
const OWNER_LOCKS = 8_710_578;
/** Owners that share a number here wait for each other; each batch holds at most this many locks. */
const BUCKETS = 512;

function bucketOf(pubkey: string): number {
  return Number.parseInt(pubkey.slice(0, 4), 16) % BUCKETS;
}

/** One row for all locks: they are as many as there are owners. */
const LOCK_OWNERS = `
select pg_current_xact_id()::text as transaction, count(taken.lock) from (
  select case when l.alone then pg_advisory_xact_lock(${OWNER_LOCKS}, l.bucket)
      else pg_advisory_xact_lock_shared(${OWNER_LOCKS}, l.bucket) end as lock
  from unnest($1::int[], $2::boolean[]) as l (bucket, alone) offset 0
) as taken`;

/** What {@link lockOwners} answers. */
export interface LockedRow {
  /** Number of the transaction that holds the locks. */
  readonly transaction: string;
}

/**
 * The first statement of a transaction that stores `events`. Whoever stores an event of an owner holds a shared lock,
 * whoever deletes holds it alone: otherwise an event and its deletion, stored by two relays at once, would not see each
 * other, and the deleted event would stay. Locks are taken in the order of their numbers, so that none waits for itself.
 */
export function lockOwners(events: readonly StoredEvent[], alone: readonly string[] = []): QueryConfig {
  const isAlone = new Map<number, boolean>();
  for (const event of events) {
    for (const owner of ownersOf(event)) {
      const bucket = bucketOf(owner);
      isAlone.set(bucket, event.kind === DELETION_KIND || isAlone.get(bucket) === true);
    }
  }
  for (const pubkey of alone) isAlone.set(bucketOf(pubkey), true);
  const rows = [...isAlone.entries()].sort(([a], [b]) => a - b);
  return { name: 'lock-owners', text: LOCK_OWNERS, values: columns(rows, ['int4', 'bool']) };
}
