import { Redis } from 'ioredis';

/** What a channel is given. */
export interface ChannelOptions {
  readonly url: string;
  readonly onMessage: (text: string) => void;
  /** The connection that receives was lost: messages may have been missed. */
  readonly onLoss: () => void;
  readonly onError: (error: unknown) => void;
}

const CHANNEL = 'nostr:events';
const COMMAND_TIMEOUT_MS = 1_000;
const RECONNECT_MS = 200;

const COMMON = {
  connectTimeout: COMMAND_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => RECONNECT_MS,
};

/**
 * A Redis pub/sub channel that all relay processes share. It carries each message at most once and tells nobody what
 * it has lost: whoever uses it has to watch it.
 */
export class Channel {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  #isClosed = false;

  constructor({ url, onMessage, onLoss, onError }: ChannelOptions) {
    this.#publisher = new Redis(url, {
      ...COMMON,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
    });
    this.#subscriber = new Redis(url, { ...COMMON, autoResubscribe: false });
    this.#subscriber.on('message', (_channel: string, text: string) => onMessage(text));
    this.#subscriber.on('ready', () => {
      this.#subscriber.subscribe(CHANNEL).catch(onError);
    });
    this.#subscriber.on('close', () => {
      if (!this.#isClosed) onLoss();
    });
    for (const client of [this.#publisher, this.#subscriber]) tellFirst(client, onError);
  }

  /** Sends a message to all processes, this one included; rejects where that is not certain. */
  async publish(text: string): Promise<void> {
    await this.#publisher.publish(CHANNEL, text);
  }

  close(): void {
    this.#isClosed = true;
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }
}

/** Tells of the first error of an outage: the attempts to connect again fail in the same way. */
function tellFirst(client: Redis, onError: (error: unknown) => void): void {
  let isDown = false;
  client.on('error', (error: unknown) => {
    if (!isDown) onError(error);
    isDown = true;
  });
  client.on('ready', () => {
    isDown = false;
  });
}
