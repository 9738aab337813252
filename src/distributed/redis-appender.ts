import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { messageOf } from '../base/errors.ts';

/** Field of an entry that holds it. */
export const FIELD = 'm';
const RETRY_MS = 100;
/** Streams of a run that nobody has cleared away go by themselves. */
const KEPT_MS = 3_600_000;
const MOST_AT_ONCE = 256;

interface Waiting {
  readonly stream: string;
  readonly entry: Buffer;
  readonly most: number | undefined;
}

/** Adds entries to streams, many in one round trip, in order, and again until they are there. */
export class RedisAppender {
  readonly #redis: Redis;
  readonly #keyOf: (stream: string) => string;
  readonly #onTrouble: (line: string) => void;
  #waiting: Waiting[] = [];
  #isStopped = false;
  #working: Promise<void> | null = null;

  constructor(redis: Redis, keyOf: (stream: string) => string, onTrouble: (line: string) => void) {
    this.#redis = redis;
    this.#keyOf = keyOf;
    this.#onTrouble = onTrouble;
  }

  append(stream: string, entry: Buffer, most: number | undefined): void {
    if (this.#isStopped) return;
    this.#waiting.push({ stream, entry, most });
    this.#working ??= this.#work();
  }

  async flushed(): Promise<void> {
    await this.#working;
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const sent = this.#waiting.slice(0, MOST_AT_ONCE);
      const done = await this.#send(sent);
      this.#waiting.splice(0, done);
      if (done < sent.length) await sleep(RETRY_MS);
    }
    this.#working = null;
  }

  /** @returns how many of the first are there for certain; who reads drops what comes twice */
  async #send(entries: readonly Waiting[]): Promise<number> {
    const pipeline = this.#redis.pipeline();
    const keys = new Set(entries.map(({ stream }) => this.#keyOf(stream)));
    for (const { stream, entry, most } of entries) {
      const bound = most === undefined ? [] : ['MAXLEN', String(most)];
      pipeline.call('XADD', this.#keyOf(stream), ...bound, '*', FIELD, entry);
    }
    for (const key of keys) pipeline.pexpire(key, KEPT_MS);
    try {
      const answers = (await pipeline.exec()) ?? [];
      const failed = answers.slice(0, entries.length).findIndex(([error]) => error !== null);
      if (failed < 0) return entries.length;
      this.#onTrouble(`Redis: ${answers[failed]?.[0]?.message ?? ''}`);
      return failed;
    } catch (error) {
      this.#onTrouble(`Redis: ${messageOf(error)}`);
      return 0;
    }
  }
}
