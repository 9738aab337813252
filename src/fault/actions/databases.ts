import { withAdmin } from '../../stack/postgres/client.ts';
import { withRedis } from '../../stack/redis/servers.ts';
import type { Service } from '../../stack/state.ts';

/** A replica goes on receiving what its primary writes, and applies nothing of it. @throws Error of the driver */
export async function pauseReplay(replica: Service): Promise<void> {
  await withAdmin(replica, (ask) => ask('SELECT pg_wal_replay_pause()'));
}

/** Lets a replica apply again; one that has become the primary meanwhile has nothing to apply. @throws Error of the driver */
export async function resumeReplay(replica: Service): Promise<void> {
  await withAdmin(replica, (ask) =>
    ask('SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_replay_resume() END'),
  );
}

/** Empties one master of the cache. @throws Error where Redis does not answer */
export async function flush(cache: Service): Promise<void> {
  await withRedis(cache, (redis) => redis.flushall());
}

/** Cuts all subscribers. @returns how many @throws Error where Redis does not answer */
export async function dropPubsub(pubsub: Service): Promise<number> {
  return withRedis(pubsub, async (redis) => Number(await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')));
}
