import { type Addresses, ON_LOOPBACK } from '../addresses.ts';
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

/** The configuration of the Redis that carries live events. */
export function pubsubConfig(service: Service, addresses: Addresses = ON_LOOPBACK): string {
  return text([
    ...listening(addresses),
    ...COMMON,
    `port ${portOf(service, 'redis')}`,
    `dir ${quoted(service.dir)}`,
    '# A relay that does not keep up is cut and fills its gap from Postgres, instead of eating memory.',
    'client-output-buffer-limit pubsub 64mb 16mb 30',
  ]);
}

/** The configuration of one master of the Redis Cluster. */
export function cacheConfig(service: Service, addresses: Addresses = ON_LOOPBACK): string {
  return text([
    ...listening(addresses),
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
