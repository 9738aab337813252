import { createHash } from 'node:crypto';
import { type Addresses, ON_LOOPBACK } from '../addresses.ts';
import type { RedisUser } from '../secrets.ts';
import { portOf, type Service } from '../state.ts';

/** Cache and messages only: Postgres is the truth, so nothing is written to disk. */
const COMMON = [
  'daemonize no',
  '# Nothing is persisted: what is lost here is read from Postgres again.',
  'save ""',
  'appendonly no',
  '# Leaves the command line alone, by which the process is recognised.',
  'set-proc-title no',
  'tcp-keepalive 30',
];

/** A cache may be full; the least used goes. */
const CACHE_MEMORY = '128mb';

/** What an access list says of the password of a user: `#` and its hash, or `>` and itself. */
export type PasswordRule = (user: RedisUser) => string;

/** Hashes, so that the file gives no password away. */
export function hashedPasswords(passwords: Readonly<Record<RedisUser, string>>): PasswordRule {
  return (user) => `#${createHash('sha256').update(passwords[user]).digest('hex')}`;
}

/** Connecting, and nothing that could harm others. */
const CONNECTING = '-@all +@connection -@dangerous +ping';
/** The channel of `src/relay/fanout`, the keys of `src/relay/cache`; what the client of a cluster asks of it. */
const RELAY_RULES = [
  'resetchannels &nostr:events ~nostr:*',
  `${CONNECTING} +publish +subscribe +unsubscribe +spublish +ssubscribe +sunsubscribe`,
  '+get +set +del +info +cluster|slots +cluster|shards +cluster|info +cluster|nodes',
].join(' ');

/**
 * Who may do what (access control lists): relays carry events and keep answers, who watches asks how it is, only who
 * starts the stack may do everything. Nobody is let in without a password, and nobody by default.
 */
export function userLines(password: PasswordRule): string[] {
  return [
    'user default off resetpass',
    `user admin on ${password('admin')} ~* &* +@all`,
    `user supervisor on ${password('supervisor')} resetchannels resetkeys ${CONNECTING} +info`,
    `user relay on ${password('relay')} ${RELAY_RULES}`,
  ];
}

/** The configuration of the Redis that carries live events. @param users lines of {@link userLines} */
export function pubsubConfig(
  service: Service,
  users: readonly string[],
  addresses: Addresses = ON_LOOPBACK,
): string {
  return text([
    ...listening(addresses),
    ...users,
    ...COMMON,
    `port ${portOf(service, 'redis')}`,
    `dir ${quoted(service.dir)}`,
    '# A relay that does not keep up is cut and fills its gap from Postgres, instead of eating memory.',
    'client-output-buffer-limit pubsub 64mb 16mb 30',
  ]);
}

/** The configuration of one master of the Redis Cluster. @param users lines of {@link userLines} */
export function cacheConfig(
  service: Service,
  users: readonly string[],
  addresses: Addresses = ON_LOOPBACK,
): string {
  return text([
    ...listening(addresses),
    ...users,
    ...COMMON,
    `port ${portOf(service, 'redis')}`,
    `dir ${quoted(service.dir)}`,
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    `cluster-port ${portOf(service, 'bus')}`,
    'cluster-node-timeout 2000',
    '# A cache with a hole is still a cache: the slots of a dead master are misses, the others keep answering.',
    'cluster-require-full-coverage no',
    `maxmemory ${CACHE_MEMORY}`,
    '# The least used entry goes first.',
    'maxmemory-policy allkeys-lfu',
  ]);
}

/** Redis refuses foreign clients by itself; in a network of containers all clients are that. */
function listening(addresses: Addresses): string[] {
  return [`bind ${addresses.bind}`, `protected-mode ${addresses === ON_LOOPBACK ? 'yes' : 'no'}`];
}

function quoted(path: string): string {
  return `"${path.replaceAll('"', '\\"')}"`;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
