import { afterAll, beforeAll, describe, it } from 'vitest';
import { runStatement } from '../conformance/statement.ts';
import { statements } from '../conformance/statements.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { startTestCluster, startTestRedis } from '../support/redis.ts';

describe('conformance of the reference relay on Postgres with a replica, Redis and both cache layers', () => {
  const cleanUps: (() => Promise<void>)[] = [];
  let relay: BuiltRelay;

  beforeAll(async () => {
    const primary = await startTestPostgres();
    cleanUps.push(() => primary.stop());
    const replica = await primary.addReplica();
    cleanUps.push(() => replica.stop());
    const redis = await startTestRedis();
    cleanUps.push(() => redis.stop());
    const cluster = await startTestCluster();
    cleanUps.push(() => cluster.stop());
    relay = await startBuiltRelay([
      ...['--store', primary.url, '--replica', replica.url, '--redis', redis.url],
      ...cluster.nodes.flatMap((node) => ['--redis-cluster', node]),
    ]);
    cleanUps.push(() => relay.stop());
  });

  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  for (const statement of statements) {
    it(`${statement.id}: ${statement.statement}`, async () => {
      await runStatement(statement, relay.url);
    });
  }
});
