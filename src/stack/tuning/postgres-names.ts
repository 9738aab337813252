import { decimal, ON_OR_OFF, oneOf, type Rule, size, time, whole } from './rules.ts';

const HOUR_MS = 3_600_000;
/** Two segments of the log, which are of 4 MB here. */
const LEAST_WAL_KB = 8 * 2 ** 10;

const MEMORY = {
  shared_buffers: size(128),
  effective_cache_size: size(8),
  work_mem: size(64),
  hash_mem_multiplier: decimal(1, 1_000),
  maintenance_work_mem: size(1_024),
  temp_buffers: size(800),
  huge_pages: oneOf('off', 'on', 'try'),
} as const satisfies Record<string, Rule>;

const CONNECTIONS = {
  max_connections: whole(10, 10_000),
  max_locks_per_transaction: whole(10, 10_000),
  deadlock_timeout: time(1, HOUR_MS),
} as const satisfies Record<string, Rule>;

const PLANS = {
  random_page_cost: decimal(0, 1_000),
  seq_page_cost: decimal(0, 1_000),
  cpu_tuple_cost: decimal(0, 1_000),
  cpu_index_tuple_cost: decimal(0, 1_000),
  cpu_operator_cost: decimal(0, 1_000),
  default_statistics_target: whole(1, 10_000),
  effective_io_concurrency: whole(0, 1_000),
  max_parallel_workers: whole(0, 1_024),
  max_parallel_workers_per_gather: whole(0, 1_024),
  enable_bitmapscan: ON_OR_OFF,
  enable_hashagg: ON_OR_OFF,
  enable_hashjoin: ON_OR_OFF,
  enable_indexonlyscan: ON_OR_OFF,
  enable_indexscan: ON_OR_OFF,
  enable_material: ON_OR_OFF,
  enable_mergejoin: ON_OR_OFF,
  enable_nestloop: ON_OR_OFF,
  enable_partition_pruning: ON_OR_OFF,
  enable_seqscan: ON_OR_OFF,
  enable_sort: ON_OR_OFF,
} as const satisfies Record<string, Rule>;

const LOG_OF_CHANGES = {
  max_wal_size: size(LEAST_WAL_KB),
  min_wal_size: size(LEAST_WAL_KB),
  wal_buffers: size(32),
  wal_compression: ON_OR_OFF,
  wal_writer_delay: time(1, 10_000),
  wal_keep_size: size(0),
  max_slot_wal_keep_size: size(0),
  checkpoint_timeout: time(30_000, 24 * HOUR_MS),
  checkpoint_completion_target: decimal(0, 1),
  commit_delay: whole(0, 100_000),
  commit_siblings: whole(0, 1_000),
  bgwriter_delay: time(10, 10_000),
  bgwriter_lru_maxpages: whole(0, 1_000_000),
} as const satisfies Record<string, Rule>;

const REPLICAS_AND_VACUUM = {
  hot_standby_feedback: ON_OR_OFF,
  max_standby_streaming_delay: time(0, HOUR_MS),
  autovacuum: ON_OR_OFF,
  autovacuum_naptime: time(1_000, 24 * HOUR_MS),
  autovacuum_max_workers: whole(1, 100),
  autovacuum_vacuum_cost_limit: whole(1, 10_000),
} as const satisfies Record<string, Rule>;

const WHAT_IS_LOGGED = {
  log_min_duration_statement: time(0, HOUR_MS),
  log_autovacuum_min_duration: time(0, HOUR_MS),
  log_checkpoints: ON_OR_OFF,
  log_lock_waits: ON_OR_OFF,
  log_statement_sample_rate: decimal(0, 1),
  track_io_timing: ON_OR_OFF,
} as const satisfies Record<string, Rule>;

/**
 * Settings of Postgres that a stack may be given, each of which every version that it runs with knows. Not among them is what the
 * stack needs as it is (addresses, files, replication), what runs programs, and what connections of the relays set themselves
 * (`jit`, `statement_timeout`), so that nothing is accepted and has no effect.
 */
export const POSTGRES_RULES: Readonly<Record<string, Rule>> = {
  ...MEMORY,
  ...CONNECTIONS,
  ...PLANS,
  ...LOG_OF_CHANGES,
  ...REPLICAS_AND_VACUUM,
  ...WHAT_IS_LOGGED,
};

/** What an OK is worth is no setting among others. */
export const DURABILITY_NAMES: readonly string[] = [
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'synchronous_standby_names',
];
