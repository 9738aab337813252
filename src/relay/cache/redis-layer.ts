import { Cluster, Redis } from 'ioredis';
import { addressesOf } from '../redis-nodes.ts';
import type { RedisLogin } from '../secrets.ts';
import type { SecondLayer } from './second-layer.ts';

/** What the layer in Redis is given. */
export interface RedisLayerOptions {
  /** `host:port` of some nodes of a cluster, or of the only node. */
  readonly nodes: readonly string[];
  /** Undefined: nobody asks who this is. */
  readonly login?: RedisLogin | undefined;
  /** Told when the connection is lost. */
  readonly onError: (error: unknown) => void;
}

const PREFIX = 'nostr:';
/** Values are dropped after this; a tenth more or less, so that those set together do not end together. */
const KEEP_S = 600;
const COMMAND_TIMEOUT_MS = 500;
const RECONNECT_MS = 500;
/** Keys that could not be forgotten are remembered up to this number. */
const UNFORGOTTEN_MAX = 10_000;
const RETRY_FORGETTING_MS = 500;

const REDIS = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: COMMAND_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  enableAutoPipelining: true,
  retryStrategy: () => RECONNECT_MS,
};

const CLUSTER = {
  redisOptions: { commandTimeout: COMMAND_TIMEOUT_MS, connectTimeout: COMMAND_TIMEOUT_MS },
  enableOfflineQueue: false,
  enableAutoPipelining: true,
  slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
  clusterRetryStrategy: () => RECONNECT_MS,
};

function connect(nodes: readonly string[], login: RedisLogin | undefined): Cluster | Redis {
  const addresses = addressesOf(nodes);
  const [only] = addresses;
  return addresses.length === 1 && only !== undefined
    ? new Redis({ ...REDIS, ...login, ...only })
    : new Cluster(addresses, { ...CLUSTER, redisOptions: { ...CLUSTER.redisOptions, ...login } });
}

/**
 * The second layer in a Redis Cluster, or a single Redis. Commands of one turn of the event loop travel together
 * (auto-pipelining). Redis is a cache here and nothing else: without it the relay works, only slower.
 */
export class RedisLayer implements SecondLayer {
  readonly #client: Cluster | Redis;
  readonly #unforgotten = new Set<string>();
  #retrying: NodeJS.Timeout | null = null;
  /** Until then nothing is read, because more could not be forgotten than is remembered; Unix ms. */
  #staleUntilMs = 0;
  #isClosed = false;
  #isConnected = false;
  /** Of all keys; null before the first epoch. */
  #prefix: string | null = null;
  errors = 0;

  constructor({ nodes, login, onError }: RedisLayerOptions) {
    this.#client = connect(nodes, login);
    this.#client.on('error', (error: unknown) => {
      if (this.#isConnected) onError(error);
      this.#isConnected = false;
    });
    this.#client.on('ready', () => {
      this.#isConnected = true;
    });
  }

  get isUsable(): boolean {
    return (
      this.#prefix !== null &&
      this.#client.status === 'ready' &&
      this.#unforgotten.size === 0 &&
      Date.now() >= this.#staleUntilMs
    );
  }

  beginEpoch(epoch: string): void {
    this.#prefix = `${PREFIX}${epoch}:`;
    // Under their new names they were never kept.
    this.#unforgotten.clear();
    this.#staleUntilMs = 0;
  }

  async getMany(keys: readonly string[]): Promise<readonly (string | null)[]> {
    if (!this.isUsable) return keys.map(() => null);
    return await Promise.all(
      keys.map((key) => this.#client.get(this.#prefix + key).catch(() => this.#failed(null))),
    );
  }

  async setMany(entries: readonly (readonly [string, string])[]): Promise<void> {
    if (!this.isUsable) return;
    const seconds = Math.round(KEEP_S * (0.9 + 0.2 * Math.random()));
    await Promise.all(
      entries.map(([key, value]) =>
        this.#client.set(this.#prefix + key, value, 'EX', seconds).catch(() => this.#failed(null)),
      ),
    );
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (this.#prefix === null) return;
    const failed = await this.#tryToDelete(keys);
    for (const key of failed) this.#unforgotten.add(key);
    if (this.#unforgotten.size > UNFORGOTTEN_MAX) {
      this.#unforgotten.clear();
      this.#staleUntilMs = Date.now() + KEEP_S * 1.1 * 1_000;
    }
    if (this.#unforgotten.size > 0) this.#retryLater();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retrying !== null) clearTimeout(this.#retrying);
    this.#client.disconnect();
    return Promise.resolve();
  }

  #failed<T>(value: T): T {
    this.errors++;
    return value;
  }

  /** Returns the keys that are perhaps still there. */
  async #tryToDelete(keys: readonly string[]): Promise<string[]> {
    const outcomes = await Promise.all(
      keys.map((key) =>
        this.#client.del(this.#prefix + key).then(
          () => true,
          () => this.#failed(false),
        ),
      ),
    );
    return keys.filter((_, index) => outcomes[index] === false);
  }

  #retryLater(): void {
    if (this.#retrying !== null || this.#isClosed) return;
    this.#retrying = setTimeout(() => {
      void this.#retry();
    }, RETRY_FORGETTING_MS).unref();
  }

  async #retry(): Promise<void> {
    const keys = [...this.#unforgotten];
    const failed = new Set(this.#client.status === 'ready' ? await this.#tryToDelete(keys) : keys);
    for (const key of keys) if (!failed.has(key)) this.#unforgotten.delete(key);
    this.#retrying = null;
    if (this.#unforgotten.size > 0) this.#retryLater();
  }
}
