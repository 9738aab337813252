import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RedisLayer } from '../../src/relay/cache/redis-layer.ts';
import { eventually } from '../support/eventually.ts';
import { startTestCluster, startTestRedis } from '../support/redis.ts';

const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function open(nodes: readonly string[]): Promise<RedisLayer> {
  const layer = new RedisLayer({ nodes, onError: () => undefined });
  cleanUps.push(() => layer.close());
  layer.beginEpoch('0');
  await eventually('usable', () => layer.isUsable);
  return layer;
}

describe('the cache layer in Redis', () => {
  it('keeps and forgets values on all nodes of a cluster', async () => {
    const cluster = await startTestCluster();
    cleanUps.push(() => cluster.stop());
    const layer = await open(cluster.nodes.slice(0, 2));
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
    await layer.setMany(keys.map((key) => [key, `value of ${key}`]));
    expect(await layer.getMany([...keys, 'none'])).toEqual([...keys.map((key) => `value of ${key}`), null]);
    await layer.deleteMany(keys.slice(1));
    expect(await layer.getMany(keys)).toEqual(['value of k0', ...keys.slice(1).map(() => null)]);
    expect(layer.errors).toBe(0);
  });

  it('has nothing of another epoch, and nothing before the first one', async () => {
    const redis = await startTestRedis([]);
    cleanUps.push(() => redis.stop());
    const layer = await open([`127.0.0.1:${redis.port}`]);
    await layer.setMany([['k', 'a']]);
    layer.beginEpoch('1');
    expect(await layer.getMany(['k'])).toEqual([null]);
    layer.beginEpoch('0');
    expect(await layer.getMany(['k'])).toEqual(['a']);
    const early = new RedisLayer({ nodes: [`127.0.0.1:${redis.port}`], onError: () => undefined });
    cleanUps.push(() => early.close());
    expect(early.isUsable).toBe(false);
    expect(await early.getMany(['k'])).toEqual([null]);
  });

  it('answers nothing while Redis is gone, and nothing old when it is back', async () => {
    const redis = await startTestRedis(['--appendonly', 'yes']);
    cleanUps.push(() => redis.stop());
    const layer = await open([`127.0.0.1:${redis.port}`]);
    await layer.setMany([
      ['old', 'a'],
      ['good', 'b'],
    ]);
    await delay(1_100);
    await redis.kill();
    await layer.deleteMany(['old']);
    expect(await layer.getMany(['old', 'good'])).toEqual([null, null]);
    expect(layer.errors).toBeGreaterThan(0);
    expect(layer.isUsable).toBe(false);
    await redis.restart();
    await eventually('usable again', () => layer.isUsable);
    expect(await layer.getMany(['old', 'good'])).toEqual([null, 'b']);
  });
});
