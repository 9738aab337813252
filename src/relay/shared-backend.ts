import type { Backend, BackendEnvironment } from './backend.ts';
import { registerCacheMetrics } from './cache/cache-metrics.ts';
import { CachedStore } from './cache/cached-store.ts';
import { RedisLayer } from './cache/redis-layer.ts';
import { registerBusMetrics } from './fanout/bus-metrics.ts';
import { RedisBus } from './fanout/redis-bus.ts';
import type { RelayOptions } from './options.ts';
import { withPassword } from './secrets.ts';
import { startStore } from './start-store.ts';
import { PostgresGapSource } from './store/postgres/gap-source.ts';
import { PostgresStore } from './store/postgres/postgres-store.ts';
import { registerStoreMetrics } from './store/postgres/store-metrics.ts';
import type { RemovedEvent } from './store/stored-event.ts';

/** A relay waits this long for Redis before it starts without: what it misses it will look up. */
const BUS_READY_DEADLINE_MS = 3_000;

/** The store in Postgres with the cache before it, and the bus beside it. */
interface Shared {
  readonly postgres: PostgresStore;
  readonly cached: CachedStore | null;
  readonly secondLayer: RedisLayer | null;
  readonly bus: RedisBus | null;
}

/** Makes a backend that relay processes share. */
export function openShared(options: RelayOptions, environment: BackendEnvironment): Backend {
  const { nowSeconds, onError, log, onFatal } = environment;
  const { secrets, readPool } = options;
  const url = withPassword(options.store, secrets);
  const replicaUrls = options.replicas.map((replica) => withPassword(replica, secrets));
  const postgres = new PostgresStore({
    url,
    replicaUrls,
    readPool,
    queryDeadlineS: options.limits.queryDeadlineS,
    nowSeconds,
    log,
  });
  const secondLayer =
    options.cache === 'l2'
      ? new RedisLayer({ nodes: options.redisCluster, login: secrets.redis, onError })
      : null;
  const cached =
    options.cache === 'off' ? null : new CachedStore({ store: postgres, secondLayer, nowSeconds });
  const bus =
    options.redis === null ? null : openBus(options.redis, { postgres, cached }, options, environment);
  postgres.onRemoved = async (removed) => {
    bus?.publishRemoved(removed, postgres.lastCommit);
    await cached?.onRemoved(removed);
  };
  const closing = new AbortController();
  const start = async (): Promise<void> => {
    await Promise.all([
      startStore({ store: postgres, url, log, onFatal, signal: closing.signal }),
      bus?.ready(BUS_READY_DEADLINE_MS),
    ]);
  };
  return backendOf({ postgres, cached, secondLayer, bus }, start, closing);
}

function openBus(
  redis: string | readonly string[],
  { postgres, cached }: Pick<Shared, 'postgres' | 'cached'>,
  options: RelayOptions,
  { nowSeconds, onError, log, deliver, verify }: BackendEnvironment,
): RedisBus {
  return new RedisBus({
    redis,
    login: options.secrets.redis,
    key: options.secrets.busKey,
    verify,
    relayId: options.relayId,
    source: new PostgresGapSource(postgres.servers.primary, nowSeconds),
    onEvent: (event, lsn) => {
      postgres.onStoredElsewhere(event, lsn);
      cached?.onStored(event).catch(onError);
      deliver(event);
    },
    onRemoved: (removed: readonly RemovedEvent[], lsn) => {
      // First: what is looked up from now on must not come from a replica that does not know yet.
      postgres.onRemovedElsewhere(lsn);
      cached?.onRemoved(removed).catch(onError);
    },
    onBroken: () => cached?.distrust(),
    onWhole: () => cached?.trust(),
    onError,
    log,
  });
}

function backendOf(
  { postgres, cached, secondLayer, bus }: Shared,
  start: Backend['start'],
  closing: AbortController,
): Backend {
  const store = cached ?? postgres;
  return {
    store,
    pages: {
      query: (filters, reader) => (bus?.isFresh === false ? postgres : store).query(filters, reader),
    },
    publish: (event) => bus?.publish(event, postgres.lastCommit),
    problem: () => {
      if (!store.isReady()) return 'Postgres is not reachable';
      return bus?.isWhole === false ? 'Redis does not carry events between relays' : null;
    },
    registerMetrics: (registry) => {
      registerStoreMetrics(registry, postgres);
      if (cached !== null) registerCacheMetrics(registry, cached.stats, secondLayer);
      if (bus !== null) registerBusMetrics(registry, bus);
    },
    start,
    close: async () => {
      closing.abort();
      await bus?.close();
      await store.close();
    },
  };
}
