import { Cluster } from 'ioredis';
import { addressesOf } from '../redis-nodes.ts';
import type { RedisLogin } from '../secrets.ts';
import {
  CHANNEL_NAME,
  type Channel,
  type ChannelHandlers,
  COMMAND_TIMEOUT_MS,
  RECONNECT_MS,
  tellFirst,
} from './channel.ts';

/**
 * A sharded pub/sub channel of a Redis Cluster (Redis 7): its messages stay on the one shard that owns the channel,
 * where those of a plain one are broadcast to every node of the cluster. A lost connection to that shard is told where
 * the client tells of it; whoever uses the channel has to watch it all the same.
 */
export class ShardedChannel implements Channel {
  readonly #cluster: Cluster;
  #isClosed = false;

  /** @param nodes some nodes of the cluster, `host:port` */
  constructor(
    nodes: readonly string[],
    login: RedisLogin | undefined,
    { onMessage, onLoss, onError }: ChannelHandlers,
  ) {
    this.#cluster = new Cluster(addressesOf(nodes), {
      redisOptions: { connectTimeout: COMMAND_TIMEOUT_MS, commandTimeout: COMMAND_TIMEOUT_MS, ...login },
      slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
      clusterRetryStrategy: () => RECONNECT_MS,
      shardedSubscribers: true,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
    });
    this.#cluster.on('smessage', (_channel: string, text: string) => onMessage(text));
    this.#cluster.on('ready', () => {
      this.#cluster.ssubscribe(CHANNEL_NAME).catch((error: unknown) => {
        onError(error);
        if (!this.#isClosed) this.reconnect();
      });
    });
    for (const event of ['-node', '-subscriber', 'close']) {
      this.#cluster.on(event, () => {
        if (!this.#isClosed) onLoss();
      });
    }
    tellFirst(this.#cluster, onError);
  }

  async publish(text: string): Promise<void> {
    await this.#cluster.spublish(CHANNEL_NAME, text);
  }

  reconnect(): void {
    // Otherwise it is on its way already.
    if (this.#cluster.status === 'ready') this.#cluster.disconnect(true);
  }

  close(): void {
    this.#isClosed = true;
    this.#cluster.disconnect();
  }
}
