import type { Registry } from 'prom-client';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { registerCacheMetrics } from './cache/cache-metrics.ts';
import { CachedStore } from './cache/cached-store.ts';
import { RedisLayer } from './cache/redis-layer.ts';
import { registerBusMetrics } from './fanout/bus-metrics.ts';
import { RedisBus } from './fanout/redis-bus.ts';
import type { RelayOptions } from './options.ts';
import { MemoryStore } from './store/memory-store.ts';
import { PostgresGapSource } from './store/postgres/gap-source.ts';
import { serverName } from './store/postgres/pools.ts';
import { PostgresStore } from './store/postgres/postgres-store.ts';
import { registerStoreMetrics } from './store/postgres/store-metrics.ts';
import type { EventStore } from './store/store.ts';
import type { RemovedEvent, StoredEvent } from './store/stored-event.ts';

/** Everything behind a relay process: where events are kept, and how they come from and go to other processes. */
export interface Backend {
  readonly store: EventStore;
  /** Tells the other relay processes of an event that this one has accepted. */
  readonly publish: (event: StoredEvent) => void;
  /** What cannot be reached now, in words; null where everything can. */
  readonly problem: () => string | null;
  readonly registerMetrics: (registry: Registry) => void;
  readonly close: () => Promise<void>;
}

/** What a backend needs of its relay. */
export interface BackendEnvironment {
  readonly nowSeconds: () => number;
  readonly onError: (error: unknown) => void;
  /** Another relay process has accepted an event. */
  readonly deliver: (event: StoredEvent) => void;
}

/** A relay waits this long for Redis before it starts without: what it misses it will look up. */
const BUS_READY_DEADLINE_MS = 3_000;

/**
 * Opens what the options name.
 * @throws RelayBenchError `RELAY_STORE_UNREACHABLE` (exit 3) where the database cannot be used
 */
export async function openBackend(options: RelayOptions, environment: BackendEnvironment): Promise<Backend> {
  if (options.store !== 'memory') return await openShared(options, environment);
  const { nowSeconds } = environment;
  const store = new MemoryStore({ limitBytes: options.memoryLimitBytes, nowSeconds });
  return {
    store,
    publish: () => undefined,
    problem: () => null,
    registerMetrics: () => undefined,
    close: () => store.close(),
  };
}

/** The store in Postgres with the cache before it, and the bus beside it. */
interface Shared {
  readonly postgres: PostgresStore;
  readonly cached: CachedStore | null;
  readonly secondLayer: RedisLayer | null;
  readonly bus: RedisBus | null;
}

async function openShared(options: RelayOptions, environment: BackendEnvironment): Promise<Backend> {
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
  { store: url, replicas: replicaUrls }: RelayOptions,
  { nowSeconds, onError }: BackendEnvironment,
): Promise<PostgresStore> {
  try {
    return await PostgresStore.open({ url, replicaUrls, nowSeconds, onError });
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
  url: string,
  { postgres, cached }: Pick<Shared, 'postgres' | 'cached'>,
  options: RelayOptions,
  { nowSeconds, onError, deliver }: BackendEnvironment,
): RedisBus {
  return new RedisBus({
    url,
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
