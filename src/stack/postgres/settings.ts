import { join } from 'node:path';
import { type Addresses, ON_LOOPBACK, portOn } from '../addresses.ts';
import { portOf, type Service, type StackState, servicesOfKind } from '../state.ts';
import { postgresTuning } from '../tuning/tuning.ts';

/** One setting of Postgres and why it has this value. */
interface Setting {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/** The part of the machine's memory that all Postgres of a stack use for their caches together. */
const MEMORY_SHARE = 8;
const SHARED_BUFFERS_MAX_MIB = 512;
const SHARED_BUFFERS_MIN_MIB = 64;
const MIB = 2 ** 20;

/** The database, its owner and the user of the replicas. */
export const DATABASE = 'relaybench';
export const RELAY_USER = 'relay';
export const REPLICATION_USER = 'replicator';
/** May do everything, but only through the socket in a directory that only the owner of the servers may enter. */
export const SUPERUSER = 'postgres';

/** Passwords that a server needs to copy and to follow another one, in the form of libpq. */
export function passFile(node: Service): string {
  return join(node.dir, 'passfile');
}

/** Settings that are the same on every Postgres of a stack: each of them may become the primary. */
function commonSettings(state: StackState, memoryBytes: number): Setting[] {
  const own = [
    ...memorySettings(servicesOfKind(state, 'postgres').length, memoryBytes),
    ...durabilitySettings(state),
    ...REPLICATION,
    ...MAINTENANCE,
    ...OBSERVATION,
  ];
  const set = postgresTuning(state.settings);
  const why = 'as `stack up --set` says';
  return [
    ...own.filter(({ name }) => !set.has(name)),
    ...[...set].map(([name, value]) => ({ name, value, why })),
  ];
}

function memorySettings(nodes: number, memoryBytes: number): Setting[] {
  const share = Math.floor(memoryBytes / MIB / MEMORY_SHARE / nodes);
  const buffers = Math.min(SHARED_BUFFERS_MAX_MIB, Math.max(SHARED_BUFFERS_MIN_MIB, share));
  return [
    {
      name: 'shared_buffers',
      value: `${buffers}MB`,
      why: `an eighth of the memory over ${nodes} servers, at most ${SHARED_BUFFERS_MAX_MIB} MB: the rest is the page cache`,
    },
    {
      name: 'effective_cache_size',
      value: `${buffers * 3}MB`,
      why: 'what the planner may expect to find in memory',
    },
    {
      name: 'work_mem',
      value: '8MB',
      why: 'a page of 500 events is sorted in memory, times the connections of all pools',
    },
    {
      name: 'max_connections',
      value: '200',
      why: 'relays × pools (20 for writes, 50 for reads) and the supervisor; a standby needs at least as many as its primary',
    },
    {
      name: 'random_page_cost',
      value: '1.1',
      why: 'SSDs and a database that fits into memory read at random as fast as in order',
    },
    {
      name: 'jit',
      value: 'off',
      why: 'queries of a relay last a few milliseconds; compiling them takes longer',
    },
  ];
}

function durabilitySettings(state: StackState): Setting[] {
  const names = servicesOfKind(state, 'postgres').map(({ name }) => quoted(name));
  const isSync = state.durability === 'sync';
  return [
    {
      name: 'fsync',
      value: 'on',
      why: 'a commit is on disk when it is acknowledged; a database without that proves nothing',
    },
    {
      name: 'synchronous_commit',
      value: 'on',
      why: isSync ? 'and flushed by a replica too' : 'flushed by the primary; replicas follow',
    },
    {
      name: 'synchronous_standby_names',
      value: isSync ? `'ANY 1 (${names.join(', ')})'` : `''`,
      why: isSync
        ? 'an acknowledged event survives the loss of the primary (durability sync)'
        : 'the loss of the primary may cost what its replicas had not received (durability async)',
    },
    { name: 'wal_compression', value: 'on', why: 'less to write and to send for a little CPU' },
    {
      name: 'max_wal_size',
      value: '1GB',
      why: 'checkpoints by the clock, not in the middle of a run because the log is full',
    },
    { name: 'checkpoint_timeout', value: '5min', why: 'the default, named because it shows in latencies' },
    {
      name: 'checkpoint_completion_target',
      value: '0.9',
      why: 'checkpoints write slowly instead of in a burst',
    },
    { name: 'commit_delay', value: '0', why: 'the relay batches its inserts itself' },
  ];
}

const REPLICATION: readonly Setting[] = [
  { name: 'wal_level', value: 'replica', why: 'streaming replication' },
  { name: 'hot_standby', value: 'on', why: 'replicas answer queries' },
  {
    name: 'max_wal_senders',
    value: '20',
    why: 'a copied standby refuses to start below the value it was made with (10)',
  },
  { name: 'max_replication_slots', value: '20', why: 'one a replica, and one a rebuild' },
  {
    name: 'max_slot_wal_keep_size',
    value: '2GB',
    why: 'a replica that never returns must not fill the disk',
  },
  { name: 'wal_keep_size', value: '64MB', why: 'a replica may fall behind during its rebuild' },
  {
    name: 'wal_receiver_status_interval',
    value: '1s',
    why: 'the lag that `stack status` shows is at most this old',
  },
  { name: 'wal_receiver_timeout', value: '5s', why: 'a replica notices a silent primary' },
  { name: 'wal_sender_timeout', value: '5s', why: 'a primary notices a silent replica' },
  {
    name: 'wal_retrieve_retry_interval',
    value: '50ms',
    why: 'with the default of 5 s a promotion takes 5 s; a replica follows the next primary this much later at most',
  },
  {
    name: 'hot_standby_feedback',
    value: 'on',
    why: 'long queries on replicas are not cancelled by vacuum on the primary',
  },
];

const MAINTENANCE: readonly Setting[] = [
  {
    name: 'autovacuum_vacuum_scale_factor',
    value: '0.01',
    why: 'tables that are written all the time: a little and often',
  },
  {
    name: 'autovacuum_analyze_scale_factor',
    value: '0.01',
    why: 'plans that fit the table as it is, not as it was',
  },
  { name: 'autovacuum_naptime', value: '10s', why: 'looked at six times as often as by default' },
];

const OBSERVATION: readonly Setting[] = [
  {
    name: 'shared_preload_libraries',
    value: `'pg_stat_statements'`,
    why: '`stack explain` shows the slowest statements',
  },
  { name: 'track_io_timing', value: 'on', why: 'tells reading from computing in `stack explain`' },
  { name: 'log_min_duration_statement', value: '250ms', why: 'slow statements show in `stack logs`' },
  {
    name: 'log_min_duration_sample',
    value: '0',
    why: 'of the others, whatever they take, one in a hundred is logged with its parameters, which `stack explain` needs',
  },
  { name: 'log_statement_sample_rate', value: '0.01', why: 'one in a hundred' },
  {
    name: 'log_parameter_max_length',
    value: '16384',
    why: 'parameters of a query fit, those of a batch of events would fill the log',
  },
  { name: 'logging_collector', value: 'off', why: 'the log is what the process writes to stderr' },
];

/** The text of the file with all common settings, each with its reason. */
export function settingsFile(state: StackState, memoryBytes: number): string {
  const lines = commonSettings(state, memoryBytes).map(
    ({ name, value, why }) => `# ${why}\n${name} = ${value}`,
  );
  return `# Settings of relay-bench; the same on every server of this stack.\n\n${lines.join('\n\n')}\n`;
}

/** Settings of which a replica starts with no less than its primary had, and what they are where nothing sets them. */
const NEVER_LESS: readonly (readonly [name: string, usual: number])[] = [
  ['max_connections', 100],
  ['max_locks_per_transaction', 64],
];

/** A setting that replicas with data would not start with, because it was higher before; null where there is none. */
export function loweredSetting(before: StackState, now: StackState): string | null {
  const valueIn = (state: StackState, name: string, usual: number): number =>
    Number(commonSettings(state, 0).find((setting) => setting.name === name)?.value ?? usual);
  const lowered = NEVER_LESS.find(
    ([name, usual]) => valueIn(now, name, usual) < valueIn(before, name, usual),
  );
  return lowered === undefined ? null : `${lowered[0]} ${valueIn(before, ...lowered)}`;
}

/**
 * The text of the file with what differs: where this server listens and, for a replica, whom it follows. Reloaded
 * when the primary changes.
 * @param primary null for the primary itself
 */
export function nodeFile(node: Service, primary: Service | null, addresses: Addresses = ON_LOOPBACK): string {
  const lines = [
    `port = ${portOf(node, 'sql')}`,
    `listen_addresses = ${literal(addresses.bind)}`,
    `unix_socket_directories = ${literal(node.dir)}`,
    `hba_file = ${literal(join(node.dir, 'pg_hba.conf'))}`,
    `cluster_name = ${literal(node.name)}`,
    ...(primary === null
      ? []
      : [
          `primary_conninfo = ${literal(conninfo(node, primary, addresses))}`,
          `primary_slot_name = ${literal(slotOf(node))}`,
        ]),
  ];
  return `# What is this server's alone; rewritten when the primary changes.\n${lines.join('\n')}\n`;
}

/** How a replica reaches its primary, as libpq wants it. */
export function conninfo(node: Service, primary: Service, addresses: Addresses): string {
  const fields = {
    host: addresses.hostOf(primary),
    port: portOn(addresses, primary, { purpose: 'sql', from: node }),
    user: REPLICATION_USER,
    application_name: node.name,
    connect_timeout: 2,
    passfile: conninfoText(passFile(node)),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** The replication slot of a replica: lower case, digits and underscores only. */
export function slotOf(node: Service): string {
  return node.name.replaceAll('-', '_');
}

/**
 * Who may connect (pg_hba.conf), everybody with a password that is never sent (SCRAM): the superuser through the socket
 * alone, since a superuser can run programs; the relays and replicas over TCP.
 * @param from where relays and replicas are: this machine, or the network of the containers
 */
export function hbaFile(from: '127.0.0.1/32' | 'samenet' = '127.0.0.1/32'): string {
  return `# type database user address method
local all ${SUPERUSER} scram-sha-256
local replication ${SUPERUSER} scram-sha-256
host ${DATABASE} ${RELAY_USER} ${from} scram-sha-256
host replication ${REPLICATION_USER} ${from} scram-sha-256
`;
}

/** Where the data of a Postgres lies. */
export function dataDir(node: Service): string {
  return join(node.dir, 'data');
}

/** A value of a connection string of libpq. */
function conninfoText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name}"`;
}
