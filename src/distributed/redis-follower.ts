import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { messageOf } from '../base/errors.ts';
import type { Follower } from './bus.ts';

const RETRY_MS = 100;
/** A read that finds nothing ends after so long, so that its end can be asked for. */
const BLOCK_MS = 1_000;
const MOST_AT_ONCE = 256;
const FROM_THE_START = '0-0';

interface FollowOptions {
  readonly onEntry: (entry: Buffer, key: string) => void;
  readonly onTrouble: (line: string) => void;
  readonly consume: boolean;
}

/** As `XREAD` answers: streams, each with its entries, each with its fields. */
type Entries = readonly (readonly [Buffer, readonly Buffer[]])[];
type Answer = readonly (readonly [Buffer, Entries])[] | null;

/** Reads streams on a connection of its own, since a read that waits holds up all others. */
export function followStreams(redis: Redis, keys: readonly string[], options: FollowOptions): Follower {
  const reader = redis.duplicate();
  // What fails is told by the read that fails.
  reader.on('error', () => undefined);
  const last = new Map(keys.map((key) => [key, FROM_THE_START]));
  let isStopped = false;
  const hand = (key: string, entries: Entries): void => {
    for (const [id, fields] of entries) {
      last.set(key, id.toString());
      if (fields[1] !== undefined && !isStopped) options.onEntry(fields[1], key);
    }
    // What has been read is not needed any more; where that fails, the end of the run clears it away.
    if (options.consume) redis.xtrim(key, 'MINID', last.get(key) ?? '').catch(() => undefined);
  };
  const read = async (): Promise<void> => {
    const places = [...keys, ...last.values()];
    const reading = reader.xreadBuffer('COUNT', MOST_AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', ...places);
    for (const [name, entries] of ((await reading) as Answer) ?? []) hand(name.toString(), entries);
  };
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      try {
        await read();
      } catch (error) {
        if (isStopped) return;
        options.onTrouble(`Redis: ${messageOf(error)}`);
        await sleep(RETRY_MS);
      }
    }
  };
  const ended = loop();
  return {
    stop: async () => {
      isStopped = true;
      reader.disconnect();
      await ended;
    },
  };
}
