import type { Pool } from 'pg';
import { Histogram, type Registry } from 'prom-client';
import { gauge, labelledCounter, labelledGauge } from '../../metrics/instruments.ts';
import type { PostgresStore } from './postgres-store.ts';

const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Registers what a Postgres store tells about itself. */
export function registerStoreMetrics(registry: Registry, store: PostgresStore): void {
  const { primary, replicas, readers } = store.servers;
  const batches = new Histogram({
    name: 'nostr_store_batch_events',
    help: 'Events stored with one commit',
    buckets: BATCH_BUCKETS,
    registers: [registry],
  });
  store.onBatch = (events) => batches.observe(events);
  gauge(registry, 'nostr_store_queue_depth', 'Events waiting to be stored', () => store.queueDepth);
  gauge(
    registry,
    'nostr_store_reads_waiting',
    'Queries that wait because every connection that reads is in use',
    () => readers.waiting,
  );
  labelledCounter(
    registry,
    { name: 'nostr_store_reads_total', help: 'Queries answered, by server', label: 'server' },
    () => readers.answered,
  );
  const pools: readonly (readonly [string, Pool])[] = [
    ['primary', primary],
    ...replicas.map(({ name, pool }) => [name, pool] as const),
  ];
  for (const [metric, help, read] of POOL_GAUGES) {
    labelledGauge(registry, { name: metric, help, label: 'pool' }, () =>
      Object.fromEntries(pools.map(([name, pool]) => [name, read(pool)])),
    );
  }
  const byReplica = (read: (replica: (typeof replicas)[number]) => number) => () =>
    Object.fromEntries(replicas.map((replica) => [replica.name, read(replica)]));
  labelledGauge(
    registry,
    { name: 'nostr_replica_up', help: 'Whether a server is read from', label: 'replica' },
    byReplica(({ isHealthy }) => (isHealthy ? 1 : 0)),
  );
  labelledGauge(
    registry,
    {
      name: 'nostr_replication_lag_seconds',
      help: 'Age of what is received and not replayed',
      label: 'replica',
    },
    byReplica(({ lagSeconds }) => lagSeconds),
  );
  labelledGauge(
    registry,
    {
      name: 'nostr_replication_lag_bytes',
      help: 'Log of the primary that is not replayed',
      label: 'replica',
    },
    byReplica(({ replayed }) => Math.max(0, store.primaryLsn - replayed)),
  );
}

const POOL_GAUGES: readonly (readonly [string, string, (pool: Pool) => number])[] = [
  ['nostr_pool_connections', 'Open connections to the database', (pool) => pool.totalCount],
  ['nostr_pool_idle', 'Open connections that nobody uses', (pool) => pool.idleCount],
  ['nostr_pool_waiting', 'Queries that wait for a connection', (pool) => pool.waitingCount],
];
