import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { Backend, BackendEnvironment } from './backend.ts';
import { registerCacheMetrics } from './cache/cache-metrics.ts';
import { CachedStore } from './cache/cached-store.ts';
import { RedisLayer } from './cache/redis-layer.ts';
import { registerBusMetrics } from './fanout/bus-metrics.ts';
import { RedisBus } from './fanout/redis-bus.ts';
import type { RelayOptions } from './options.ts';
import { PostgresGapSource } from './store/postgres/gap-source.ts';
import { serverName } from './store/postgres/pools.ts';
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

/**
 * Opens a backend that relay processes share.
 * @throws RelayBenchError `RELAY_STORE_UNREACHABLE` (exit 3) where the database cannot be used
 */
export async function openShared(options: RelayOptions, environment: BackendEnvironment): Promise<Backend> {
  const { nowSeconds, onError } = environment;
  const postgres = await openPostgres(options, environment);
  const secondLayer =
    options.cache === 'l2' ? new RedisLayer({ nodes: options.redisCluster, onError }) : null;
  const cached =
    options.cache === 'off' ? null : new CachedStore({ store: postgres, secondLayer, nowSeconds });
  const bus =
    options.redis === null ? null : openBus(options.redis, { postgres, cached }, options, environment);
  postgres.onRemoved = async (removed) => {
    bus?.publishRemoved(removed);
    await cached?.onRemoved(removed);
  };
  await bus?.ready(BUS_READY_DEADLINE_MS);
  return backendOf({ postgres, cached, secondLayer, bus });
}

/** A host name with several addresses fails with an error of each. */
function reasonOf(cause: unknown): string {
  return cause instanceof AggregateError ? cause.errors.map(messageOf).join(', ') : messageOf(cause);
}

async function openPostgres(
  { store: url, replicas: replicaUrls, readPool }: RelayOptions,
  { nowSeconds, onError }: BackendEnvironment,
): Promise<PostgresStore> {
  try {
    return await PostgresStore.open({ url, replicaUrls, readPool, nowSeconds, onError });
  } catch (cause) {
    throw new RelayBenchError(`Postgres at ${serverName(url)} cannot be used: ${reasonOf(cause)}`, {
      code: 'RELAY_STORE_UNREACHABLE',
      hint: 'check that it runs, and that the user of --store may create tables',
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}

function openBus(
  redis: string | readonly string[],
  { postgres, cached }: Pick<Shared, 'postgres' | 'cached'>,
  options: RelayOptions,
  { nowSeconds, onError, deliver }: BackendEnvironment,
): RedisBus {
  return new RedisBus({
    redis,
    relayId: options.relayId,
    source: new PostgresGapSource(postgres.servers.primary, nowSeconds),
    onEvent: (event, lsn) => {
      postgres.onStoredElsewhere(event, lsn);
      cached?.onStored(event).catch(onError);
      deliver(event);
    },
    onRemoved: (removed: readonly RemovedEvent[]) => {
      cached?.onRemoved(removed).catch(onError);
    },
    onBroken: () => cached?.distrust(),
    onWhole: () => cached?.trust(),
    onError,
  });
}

function backendOf({ postgres, cached, secondLayer, bus }: Shared): Backend {
  const store = cached ?? postgres;
  return {
    store,
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
    close: async () => {
      await bus?.close();
      await store.close();
    },
  };
}
