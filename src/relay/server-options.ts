import { invalid, listOf, type Values } from './option-values.ts';
import { READ_POOL_MAX } from './store/postgres/pools.ts';

/** Which cache layers are in use: none, the one in the process, or also the one in Redis. */
export type CacheLayers = 'off' | 'l1' | 'l2';

/** The servers that a relay process works with, and what it keeps of what they hold. */
export interface ServerOptions {
  /** `memory`, or the connection string of a Postgres primary. */
  readonly store: string;
  /** Connection strings of Postgres replicas, which are read from. */
  readonly replicas: readonly string[];
  /** Most connections that read from each Postgres server. */
  readonly readPool: number;
  /** Removes the covering indexes of the tables, for whoever wants to see what they are worth; of a stack alone. */
  readonly withoutIndexes: boolean;
  /** Redis that carries events between relay processes: its URL, or nodes of a cluster; null for a relay alone. */
  readonly redis: string | readonly string[] | null;
  /** Nodes of the Redis Cluster of the second cache layer, `host:port`; it may be a single node. */
  readonly redisCluster: readonly string[];
  readonly cache: CacheLayers;
  /** Tells the relay processes of one stack apart; a name of its own where none is given. */
  readonly relayId: string;
}

const LAYERS: readonly string[] = ['off', 'l1', 'l2'] satisfies CacheLayers[];

function storeOf(values: Values): string {
  const store = String(values['store']);
  if (store === 'memory' || isPostgres(store)) return store;
  throw invalid(
    `--store "${maskPassword(store)}" is unknown`,
    'known: memory, postgres://USER@HOST:PORT/DATABASE',
  );
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

/** An address without what stands before the `@`. */
function maskPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@');
}

function replicasOf(values: Values, store: string): string[] {
  const replicas = listOf(values, 'replica');
  const wrong = replicas.find((url) => !isPostgres(url));
  if (wrong !== undefined) {
    throw invalid(
      `--replica "${maskPassword(wrong)}" is not a postgres:// URL`,
      'it is read from, as --store is',
    );
  }
  if (replicas.length > 0 && store === 'memory') {
    throw invalid('--replica needs a Postgres store', 'name the primary with --store postgres://…');
  }
  return replicas;
}

function readPoolOf(values: Values): number {
  const text = String(values['read-pool'] ?? READ_POOL_MAX);
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw invalid(`--read-pool "${text}" is not a number of connections`, 'for example --read-pool 50');
}

function withoutIndexesOf(values: Values, store: string): boolean {
  if (values['without-indexes'] !== true) return false;
  if (store !== 'memory') return true;
  throw invalid('--without-indexes needs a Postgres store', 'a store in memory has no tables');
}

function redisOf(values: Values, store: string, cluster: readonly string[]): ServerOptions['redis'] {
  const url = values['redis'];
  if (url === undefined) return null;
  if (store === 'memory') {
    throw invalid('--redis needs a Postgres store', 'relays that share events live must share them stored');
  }
  if (url === 'cluster') {
    if (cluster.length > 0) return cluster;
    throw invalid('--redis cluster needs a Redis Cluster', 'name its nodes with --redis-cluster HOST:PORT');
  }
  if (typeof url === 'string' && /^rediss?:\/\//.test(url) && URL.canParse(url)) return url;
  throw invalid(
    `--redis "${maskPassword(String(url))}" is not a redis:// URL`,
    'for example redis://127.0.0.1:6379, or cluster for the nodes of --redis-cluster',
  );
}

function clusterOf(values: Values): string[] {
  const nodes = listOf(values, 'redis-cluster');
  const wrong = nodes.find((node) => !/^[^\s/:]+:\d{1,5}$/.test(node));
  if (wrong === undefined) return nodes;
  throw invalid(`--redis-cluster "${wrong}" is not HOST:PORT`, 'for example --redis-cluster 127.0.0.1:7000');
}

function cacheOf(values: Values, store: string, cluster: readonly string[]): CacheLayers {
  const fallback = store === 'memory' ? 'off' : cluster.length > 0 ? 'l2' : 'l1';
  const layers = values['cache'] ?? fallback;
  if (!LAYERS.includes(String(layers))) throw invalid(`--cache "${layers}" is unknown`, 'known: off, l1, l2');
  if (layers !== 'off' && store === 'memory') {
    throw invalid(`--cache ${layers} needs a Postgres store`, 'a store in memory is as fast as a cache');
  }
  if (layers === 'l2' && cluster.length === 0) {
    throw invalid('--cache l2 needs a Redis', 'name its nodes with --redis-cluster HOST:PORT');
  }
  return layers as CacheLayers;
}

/**
 * Reads the flags that name servers.
 * @throws RelayBenchError `RELAY_OPTION_INVALID`
 */
export function parseServers(values: Values): ServerOptions {
  const store = storeOf(values);
  const redisCluster = clusterOf(values);
  return {
    store,
    replicas: replicasOf(values, store),
    readPool: readPoolOf(values),
    withoutIndexes: withoutIndexesOf(values, store),
    redis: redisOf(values, store, redisCluster),
    redisCluster,
    cache: cacheOf(values, store, redisCluster),
    relayId: String(values['relay-id'] ?? `relay-${process.pid}`),
  };
}
