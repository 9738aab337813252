import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { launch } from '../processes.ts';
import { type RedisUser, secretsOf } from '../secrets.ts';
import { putFile } from '../service-files.ts';
import { portOf, type Service, type StackState } from '../state.ts';
import { cacheConfig, hashedPasswords, pubsubConfig, userLines } from './config.ts';

/** Hash slots of every Redis Cluster. */
const SLOTS = 16_384;
const POLL_MS = 50;
const CONNECT_TIMEOUT_MS = 1_000;

/** Starts the process of a Redis. */
export async function launchRedis(state: StackState, service: Service): Promise<void> {
  const config = join(service.dir, 'redis.conf');
  const users = userLines(hashedPasswords(secretsOf(service).redis));
  const text = service.kind === 'redis-cache' ? cacheConfig(service, users) : pubsubConfig(service, users);
  await putFile(config, text, state);
  await launch(service, {
    program: state.binaries['redis-server'] ?? 'redis-server',
    args: [config],
    owner: state.owner,
  });
}

/**
 * Opens a connection.
 * @param user by default the one that may ask how the server is and nothing else
 * @throws Error where Redis does not answer
 */
export async function connectRedis(service: Service, user: RedisUser = 'supervisor'): Promise<Redis> {
  const redis = new Redis({
    host: '127.0.0.1',
    port: portOf(service, 'redis'),
    username: user,
    password: secretsOf(service).redis[user],
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The failed command tells; without a listener ioredis writes to the console.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** Opens a connection of the administrator for one piece of work and closes it. @throws Error where Redis does not answer */
export async function withRedis<T>(service: Service, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = await connectRedis(service, 'admin');
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Whether a Redis answers. @throws Error where it does not */
export async function answersPing(service: Service): Promise<void> {
  const redis = await connectRedis(service);
  try {
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

/**
 * Joins masters into one cluster, with the slots in equal shares, and waits until each says that it is complete.
 * Nodes that have been a cluster before find each other again by themselves.
 */
export async function formCluster(nodes: readonly Service[], signal: AbortSignal): Promise<void> {
  const [first] = nodes;
  if (first === undefined) return;
  const known = await withRedis(first, async (redis) => clusterFields(String(await redis.cluster('INFO'))));
  if (known.get('cluster_known_nodes') === '1') await joinNodes(nodes, first);
  await Promise.all(nodes.map((node) => untilComplete(node, nodes.length, signal)));
}

async function joinNodes(nodes: readonly Service[], first: Service): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    const from = Math.floor((SLOTS * index) / nodes.length);
    const to = Math.floor((SLOTS * (index + 1)) / nodes.length) - 1;
    await withRedis(node, async (redis) => {
      await redis.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      if (node === first) return;
      await redis.call('CLUSTER', 'MEET', '127.0.0.1', portOf(first, 'redis'), portOf(first, 'bus'));
    });
  }
}

async function untilComplete(node: Service, count: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const fields = await withRedis(node, async (redis) => clusterFields(String(await redis.cluster('INFO'))));
    const isComplete =
      fields.get('cluster_state') === 'ok' &&
      fields.get('cluster_slots_ok') === String(SLOTS) &&
      fields.get('cluster_known_nodes') === String(count);
    if (isComplete) return;
    await sleep(POLL_MS);
  }
}

function clusterFields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}
