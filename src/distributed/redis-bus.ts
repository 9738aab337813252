import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import { settledWithin } from '../base/stop.ts';
import type { ControlBus, Follower, Job, Taker } from './bus.ts';
import { RedisAppender } from './redis-appender.ts';
import { followStreams } from './redis-follower.ts';

/** Everything in Redis has a name that begins so: what an ACL must allow. */
export const KEY_PREFIX = 'relay-bench';
const QUEUE = 'agents';
const US_PER_S = 1_000_000;
const CONNECT_MS = 5_000;
const RETRY_MS = 250;
/** A job whose agent does not renew its lock for so long has lost it, which ends the job. */
const LOCK_MS = 10_000;
const STALLED_EVERY_MS = 5_000;
const CLOSE_MS = 2_000;

/**
 * Redis as the meeting point: BullMQ gives out the jobs, streams carry the rest.
 * @throws RelayBenchError `REDIS_UNREACHABLE` (exit 3)
 */
export async function openRedisBus(url: string, onTrouble: (line: string) => void): Promise<ControlBus> {
  const redis = await connected(url, onTrouble);
  return new RedisBus(redis, onTrouble);
}

async function connected(url: string, onTrouble: (line: string) => void): Promise<Redis> {
  let isUp = false;
  // What is thrown in the end only says that the connection is closed.
  let why: string | null = null;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: null,
    // What was up once will be up again; what never was is a wrong address.
    retryStrategy: () => (isUp ? RETRY_MS : null),
  });
  redis.on('error', (error: Error) => {
    if (isUp) onTrouble(`Redis: ${error.message}`);
    else why = error.message;
  });
  try {
    await redis.connect();
    await redis.time();
    isUp = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new RelayBenchError(`Redis at ${maskUrl(url)} can't be used: ${why ?? messageOf(error)}`, {
      code: 'REDIS_UNREACHABLE',
      hint: 'check the address, the password and the rights of the user (docs/distributed.md); rediss:// is for TLS',
      exitCode: EXIT.unreachable,
    });
  }
}

class RedisBus implements ControlBus {
  readonly #redis: Redis;
  readonly #onTrouble: (line: string) => void;
  readonly #appender: RedisAppender;
  #queue: Queue | null = null;

  constructor(redis: Redis, onTrouble: (line: string) => void) {
    this.#redis = redis;
    this.#onTrouble = onTrouble;
    this.#appender = new RedisAppender(redis, keyOf, onTrouble);
  }

  async timeUs(): Promise<number> {
    const [seconds, microseconds] = await this.#redis.time();
    return Number(seconds) * US_PER_S + Number(microseconds);
  }

  append(stream: string, entry: Buffer, most?: number): void {
    this.#appender.append(stream, entry, most);
  }

  async flushed(longestMs: number): Promise<void> {
    await settledWithin(this.#appender.flushed(), longestMs);
  }

  follow(
    streams: readonly string[],
    onEntry: (entry: Buffer, stream: string) => void,
    consume = false,
  ): Follower {
    return followStreams(this.#redis, streams.map(keyOf), {
      onEntry: (entry, key) => onEntry(entry, key.slice(KEY_PREFIX.length + 1)),
      onTrouble: this.#onTrouble,
      consume,
    });
  }

  async forget(streams: readonly string[]): Promise<void> {
    await settledWithin(this.#redis.del(...streams.map(keyOf)), CLOSE_MS);
  }

  async offer(jobs: readonly Job[]): Promise<void> {
    const kept = { attempts: 1, removeOnComplete: true, removeOnFail: true };
    await this.#openQueue().addBulk(
      jobs.map(({ id, data }) => ({ name: 'shard', data, opts: { ...kept, jobId: id } })),
    );
  }

  async withdraw(ids: readonly string[]): Promise<void> {
    const queue = this.#openQueue();
    // One that is being carried out is locked by its agent and stays.
    await settledWithin(Promise.allSettled(ids.map((id) => queue.remove(id))), CLOSE_MS);
  }

  take(carryOut: (data: unknown) => Promise<void>): Taker {
    const worker = new Worker(QUEUE, (job) => carryOut(job.data), {
      connection: this.#redis,
      prefix: KEY_PREFIX,
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_EVERY_MS,
      maxStalledCount: 0,
    });
    worker.on('error', (error) => this.#onTrouble(`job queue: ${error.message}`));
    worker.on('failed', (_job, error) => this.#onTrouble(`job failed: ${error.message}`));
    return { stop: () => worker.close() };
  }

  async close(): Promise<void> {
    this.#appender.stop();
    if (this.#queue !== null) await settledWithin(this.#queue.close(), CLOSE_MS);
    this.#redis.disconnect();
  }

  #openQueue(): Queue {
    if (this.#queue !== null) return this.#queue;
    this.#queue = new Queue(QUEUE, { connection: this.#redis, prefix: KEY_PREFIX });
    this.#queue.on('error', (error) => this.#onTrouble(`job queue: ${error.message}`));
    return this.#queue;
  }
}

function keyOf(stream: string): string {
  return `${KEY_PREFIX}:${stream}`;
}
