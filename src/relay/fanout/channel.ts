import type { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import type { RedisLogin } from '../secrets.ts';

/** Carries messages between relay processes, each at most once; tells nobody what it has lost. */
export interface Channel {
  /** Sends a message to all processes, this one included; rejects where that is not certain. */
  publish(text: string): Promise<void>;
  /** Connects anew: what was connected says nothing any more. */
  reconnect(): void;
  close(): void;
}

/** What a channel tells. */
export interface ChannelHandlers {
  readonly onMessage: (text: string) => void;
  /** The connection that receives was lost: messages may have been missed. */
  readonly onLoss: () => void;
  readonly onError: (error: unknown) => void;
}

export const CHANNEL_NAME = 'nostr:events';
export const COMMAND_TIMEOUT_MS = 1_000;
export const RECONNECT_MS = 200;

const COMMON = {
  connectTimeout: COMMAND_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => RECONNECT_MS,
};

/** A pub/sub channel of one Redis that all relay processes share; whoever uses it has to watch it. */
export class RedisChannel implements Channel {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  #isClosed = false;

  constructor(url: string, login: RedisLogin | undefined, { onMessage, onLoss, onError }: ChannelHandlers) {
    this.#publisher = new Redis(url, {
      ...COMMON,
      ...login,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
    });
    this.#subscriber = new Redis(url, { ...COMMON, ...login, autoResubscribe: false });
    this.#subscriber.on('message', (_channel: string, text: string) => onMessage(text));
    this.#subscriber.on('ready', () => {
      this.#subscriber.subscribe(CHANNEL_NAME).catch((error: unknown) => {
        onError(error);
        if (!this.#isClosed) this.#subscriber.disconnect(true);
      });
    });
    this.#subscriber.on('close', () => {
      if (!this.#isClosed) onLoss();
    });
    for (const client of [this.#publisher, this.#subscriber]) tellFirst(client, onError);
  }

  async publish(text: string): Promise<void> {
    await this.#publisher.publish(CHANNEL_NAME, text);
  }

  reconnect(): void {
    for (const client of [this.#publisher, this.#subscriber]) {
      // Others are on their way already.
      if (client.status === 'ready' || client.status === 'connect') client.disconnect(true);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }
}

/** Tells of the first error of an outage: the attempts to connect again fail in the same way. */
export function tellFirst(client: EventEmitter, onError: (error: unknown) => void): void {
  let isDown = false;
  client.on('error', (error: unknown) => {
    if (!isDown) onError(error);
    isDown = true;
  });
  client.on('ready', () => {
    isDown = false;
  });
}
