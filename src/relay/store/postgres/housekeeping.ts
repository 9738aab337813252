import type { Pool } from 'pg';
import type { StoreUsage } from '../store.ts';
import type { Version } from './batch.ts';
import { dropCoveringIndexes } from './covering-indexes.ts';
import { migrate } from './migrate.ts';
import { ensureMonths } from './partitions.ts';
import { withPatientClient } from './pools.ts';
import { removeEvents } from './remove.ts';
import { inTransaction } from './transaction.ts';

/** Held by the relay that removes what has expired: one is enough. */
const EXPIRY_LOCK = 8_710_579;
const EXPIRED_STEP = 1_000;
/** Held by the relay that refreshes the statistics. */
const STATISTICS_LOCK = 8_710_580;
/** Tables are looked at anew when they have so many times the rows they had, and at least so many more. */
const STATISTICS_GROWTH = 2;
const STATISTICS_LEAST_ROWS = 500;
/** A sample of each partition, some ten milliseconds each; more on a slow disk. */
const ANALYZE_TIMEOUT_MS = 600_000;
const ANALYZE = { text: 'analyze event, tag', query_timeout: ANALYZE_TIMEOUT_MS };
const DAY_S = 86_400;
/** Months that get partitions of their own when a relay starts: half a year back, two months ahead. */
const MONTHS_BACK_S = 183 * DAY_S;
const MONTHS_AHEAD_S = 61 * DAY_S;

/** What the tables of a store are to be. */
export interface SchemaPlan {
  /** Now, which months get partitions. */
  readonly nowSeconds: number;
  readonly withoutIndexes: boolean;
}

/** Brings the schema up to date and makes the partitions that will be needed. */
export async function prepareSchema(url: string, { nowSeconds, withoutIndexes }: SchemaPlan): Promise<void> {
  await withPatientClient(url, async (client) => {
    await migrate(client);
    if (withoutIndexes) await dropCoveringIndexes(client);
    await ensureMonths(client, nowSeconds - MONTHS_BACK_S, nowSeconds + MONTHS_AHEAD_S);
  });
}

/** Makes the partitions of the coming months. */
export async function preparePartitions(pool: Pool, nowSeconds: number): Promise<void> {
  const client = await pool.connect();
  try {
    await ensureMonths(client, nowSeconds, nowSeconds + MONTHS_AHEAD_S);
  } finally {
    client.release();
  }
}

/** Removes some of what has expired (NIP-40); queries leave it out even before. */
export async function removeExpired(pool: Pool, nowSeconds: number): Promise<void> {
  const client = await pool.connect();
  try {
    await inTransaction(client, async () => {
      const lock = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [
        EXPIRY_LOCK,
      ]);
      if (lock.rows[0]?.mine !== true) return;
      const { rows } = await client.query<Version>(
        `select encode(id, 'hex') as id, created_at::float8 as created_at from event
         where expires_at <= $1 limit ${EXPIRED_STEP}`,
        [nowSeconds],
      );
      await removeEvents(client, rows);
    });
  } finally {
    client.release();
  }
}

/**
 * Has the planner look at the tables when they have grown: autovacuum never looks at partitioned tables as a whole, and
 * at their partitions only now and then, so that the plans of the first queries would be those of empty tables.
 * @returns whether it was time
 */
export async function refreshStatistics(pool: Pool): Promise<boolean> {
  const client = await pool.connect();
  try {
    return await inTransaction(client, async () => {
      const { rows } = await client.query<{ grown: boolean }>(
        `select pg_try_advisory_xact_lock(${STATISTICS_LOCK}) and
           (select coalesce(sum(n_live_tup), 0) from pg_stat_user_tables
            join pg_inherits on inhrelid = relid where inhparent = 'event'::regclass)
           > ${STATISTICS_LEAST_ROWS} + ${STATISTICS_GROWTH} * greatest(reltuples, 0) as grown
         from pg_class where oid = 'event'::regclass`,
      );
      if (rows[0]?.grown !== true) return false;
      await client.query(`set local statement_timeout = ${ANALYZE_TIMEOUT_MS}`);
      await client.query(ANALYZE);
      return true;
    });
  } finally {
    client.release();
  }
}

/** How many events there are and what they take, as the statistics of the database tell. */
export async function readUsage(pool: Pool): Promise<StoreUsage> {
  const { rows } = await pool.query<{ events: number; bytes: number }>(
    `select coalesce(sum(case when parent.relname = 'event' then greatest(part.reltuples, 0) end), 0)::float8
        as events,
      coalesce(sum(pg_total_relation_size(part.oid)), 0)::float8 as bytes
     from pg_inherits join pg_class parent on parent.oid = inhparent join pg_class part on part.oid = inhrelid
     where parent.relname in ('event', 'tag') and part.relkind = 'r'`,
  );
  return { events: rows[0]?.events ?? 0, bytes: rows[0]?.bytes ?? null, limitBytes: null };
}
