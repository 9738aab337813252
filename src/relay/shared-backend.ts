import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
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
import { READS_AT_ONCE } from './work/reads.ts';

/** Caches are used while a heartbeat has come back over the channel so lately, and the primary has told their epoch. */
const CHANNEL_SILENCE_MAX_MS = 2_000;
const EPOCH_SILENCE_MAX_MS = 5_000;
/** After that a new epoch begins, which all relays hear of from Postgres. */
const TELL_MAX_MS = 250;
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
    withoutIndexes: options.withoutIndexes,
    nowSeconds,
    log,
  });
  const secondLayer =
    options.cache === 'l2'
      ? new RedisLayer({ nodes: options.redisCluster, login: secrets.redis, onError })
      : null;
  const ears: Ears = { bus: null, epochHeardMs: Number.NEGATIVE_INFINITY };
  const isTold = (): boolean => isListening(ears);
  const cached =
    options.cache === 'off' ? null : new CachedStore({ store: postgres, secondLayer, nowSeconds, isTold });
  const bus =
    options.redis === null ? null : openBus(options.redis, { postgres, cached }, options, environment);
  ears.bus = bus;
  postgres.onEpoch = (epoch) => {
    ears.epochHeardMs = performance.now();
    cached?.onEpoch(epoch);
  };
  postgres.onRemoved = async (removed) => {
    if (bus !== null && !(await tellRemoved(bus, removed, postgres.lastCommit))) await postgres.beginEpoch();
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

/** What this process hears of what others remove. */
interface Ears {
  bus: RedisBus | null;
  /** When the primary has last told the epoch of the caches, monotonic milliseconds. */
  epochHeardMs: number;
}

/** Where there are no others there is nothing to hear. */
function isListening({ bus, epochHeardMs }: Ears): boolean {
  if (bus === null) return true;
  return bus.isFresh(CHANNEL_SILENCE_MAX_MS) && performance.now() - epochHeardMs < EPOCH_SILENCE_MAX_MS;
}

/** Whether the other relays were told in time that events were removed: nobody who asks for one has to wait for longer. */
async function tellRemoved(bus: RedisBus, removed: readonly RemovedEvent[], lsn: number): Promise<boolean> {
  if (!bus.isWhole) return false;
  const late = delay(TELL_MAX_MS, false, { ref: false });
  return await Promise.race([bus.publishRemoved(removed, lsn), late]);
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
      query: (filters, reader) => (bus?.isFresh() === false ? postgres : store).query(filters, reader),
    },
    publish: (event) => bus?.publish(event, postgres.lastCommit) ?? true,
    forward: null,
    readsAtOnce: READS_AT_ONCE,
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
