import { describe, expect, it } from 'vitest';
import { parseRelayOptions } from '../../../src/relay/options.ts';

const POSTGRES = 'postgres://user:secret@10.0.0.1/nostr';

describe('the flags of the relay that name servers', () => {
  it('keep everything in the process where none is given', () => {
    expect(parseRelayOptions([])).toMatchObject({
      store: 'memory',
      replicas: [],
      redis: null,
      redisCluster: [],
      cache: 'off',
      relayId: `relay-${process.pid}`,
      readPool: 50,
      withoutIndexes: false,
    });
  });

  it('are read', () => {
    const args =
      `--store ${POSTGRES} --replica ${POSTGRES} --replica postgresql://b/n --redis redis://r:1 ` +
      '--redis-cluster a:7000 --redis-cluster b:7001 --relay-id one --read-pool 8';
    expect(parseRelayOptions(args.split(' '))).toMatchObject({
      store: POSTGRES,
      replicas: [POSTGRES, 'postgresql://b/n'],
      redis: 'redis://r:1',
      redisCluster: ['a:7000', 'b:7001'],
      cache: 'l2',
      relayId: 'one',
      readPool: 8,
    });
  });

  it('may ask for tables without covering indexes', () => {
    expect(parseRelayOptions(['--store', POSTGRES, '--without-indexes']).withoutIndexes).toBe(true);
  });

  it.each([
    [[], 'l1'],
    [['--redis-cluster', 'a:1'], 'l2'],
    [['--redis-cluster', 'a:1', '--cache', 'l1'], 'l1'],
    [['--cache', 'off'], 'off'],
  ])('decide the cache: %j', (args, cache) => {
    expect(parseRelayOptions(['--store', POSTGRES, ...args]).cache).toBe(cache);
  });

  it('carry events over the cluster of the cache where that is wished', () => {
    const args = [
      '--store',
      POSTGRES,
      '--redis',
      'cluster',
      '--redis-cluster',
      'a:1',
      '--redis-cluster',
      'b:2',
    ];
    expect(parseRelayOptions(args).redis).toEqual(['a:1', 'b:2']);
  });

  it.each([
    [['--store', 'mysql://user:secret@h/d'], '--store "mysql://***@h/d" is unknown'],
    [['--store', POSTGRES, '--replica', 'x'], '--replica "x" is not a postgres:// URL'],
    [['--replica', POSTGRES], '--replica needs a Postgres store'],
    [['--store', POSTGRES, '--redis', 'localhost'], '--redis "localhost" is not a redis:// URL'],
    [['--redis', 'redis://r:1'], '--redis needs a Postgres store'],
    [['--store', POSTGRES, '--redis', 'cluster'], '--redis cluster needs a Redis Cluster'],
    [['--store', POSTGRES, '--redis-cluster', 'host'], '--redis-cluster "host" is not HOST:PORT'],
    [['--store', POSTGRES, '--cache', 'l3'], '--cache "l3" is unknown'],
    [['--store', POSTGRES, '--cache', 'l2'], '--cache l2 needs a Redis'],
    [['--store', POSTGRES, '--read-pool', '0'], '--read-pool "0" is not a number of connections'],
    [['--cache', 'l1'], '--cache l1 needs a Postgres store'],
    [['--without-indexes'], '--without-indexes needs a Postgres store'],
  ])('%j are refused', (args, message) => {
    expect(() => parseRelayOptions(args)).toThrow(message);
  });
});
