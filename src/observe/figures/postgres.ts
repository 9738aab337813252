import type { Figures } from './figures.ts';

/**
 * One row with the figures of a Postgres, of the relays' database alone. On a replica the lag is what it has
 * received and not replayed; how old its last commit is says nothing on an idle primary, where it is left out. Statements at
 * work are counted by what they wait for: `running` ones for nothing but a core.
 */
export const POSTGRES_QUESTION = `
SELECT numbackends::float8 AS "connections",
       xact_commit::float8 AS "commits_total",
       xact_rollback::float8 AS "rollbacks_total",
       blks_hit::float8 AS "blocksHit_total",
       blks_read::float8 AS "blocksRead_total",
       tup_inserted::float8 AS "rowsInserted_total",
       tup_fetched::float8 AS "rowsFetched_total",
       deadlocks::float8 AS "deadlocks_total",
       CASE WHEN pg_is_in_recovery()
            THEN pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8 END
         AS "replayLag_bytes",
       CASE WHEN pg_is_in_recovery() AND pg_last_wal_receive_lsn() <> pg_last_wal_replay_lsn()
            THEN extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8 * 1000
            WHEN pg_is_in_recovery() THEN 0 END
         AS "replayLag_ms",
       CASE WHEN NOT pg_is_in_recovery()
            THEN (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming')::float8 END
         AS "replicas",
       activity.*
FROM pg_stat_database,
     LATERAL (SELECT count(*)::float8 AS "active",
                     count(*) FILTER (WHERE wait_event IS NULL)::float8 AS "running",
                     count(*) FILTER (WHERE wait_event_type IN ('Lock', 'LWLock'))::float8 AS "waitingForLocks",
                     count(*) FILTER (WHERE wait_event_type = 'IO')::float8 AS "waitingForIo"
              FROM pg_stat_activity
              WHERE datname = $1 AND state = 'active' AND pid <> pg_backend_pid()
                AND backend_type = 'client backend') AS activity
WHERE datname = $1`;

/** The figures in that row; what does not apply to the server's role is null there and absent here. */
export function postgresFigures(row: Readonly<Record<string, number | null>>): Figures {
  return Object.fromEntries(
    Object.entries(row).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}
