import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ownedConnections,
  rangeFromLast,
  subscriberOf,
  subscribersOfTopic,
  targetOf,
  topicOfEvent,
  topicOfSubscriber,
  workerOf,
} from '../../src/plan/split.ts';
import type { SubscribePlan } from '../../src/workload/subscribe/plan.ts';

/** A subscribe plan as `buildPlan` makes it: the workers divide the topics. */
const subscribed = fc
  .record({
    workers: fc.integer({ min: 1, max: 8 }),
    topicsPerWorker: fc.integer({ min: 1, max: 10 }),
    count: fc.integer({ min: 1, max: 200 }),
    others: fc.integer({ min: 0, max: 200 }),
  })
  .map(({ workers, topicsPerWorker, count, others }) => {
    const connections = rangeFromLast(count, count + others, workers);
    const subscribe: SubscribePlan = { topics: workers * topicsPerWorker, connections };
    return { workers, subscribe, connections: count + others };
  });

function shards(count: number): { index: number; count: number }[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }));
}

describe('split of a run over workers', { timeout: 60_000 }, () => {
  it('gives every connection to exactly one worker', async () => {
    await fc.assert(
      fc.property(subscribed, ({ workers, subscribe }) => {
        const { first, count } = subscribe.connections;
        const owned = shards(workers).flatMap((shard) => ownedConnections(subscribe.connections, shard));
        expect(owned.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => first + i));
      }),
    );
  });

  it('keeps subscribers within the connections of the run', async () => {
    await fc.assert(
      fc.property(subscribed, ({ subscribe, connections }) => {
        const { first, count } = subscribe.connections;
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first + count).toBeLessThanOrEqual(connections);
      }),
    );
  });

  it('puts the subscribers of an event on the worker that publishes it', async () => {
    await fc.assert(
      fc.property(subscribed, fc.nat(10_000), ({ workers, subscribe }, event) => {
        const topic = topicOfEvent(event, subscribe.topics);
        for (const shard of shards(workers)) {
          const listening = ownedConnections(subscribe.connections, shard).filter(
            (connection) =>
              topicOfSubscriber(subscriberOf(subscribe, connection), subscribe.topics) === topic,
          );
          const expected =
            shard.index === workerOf(event, workers) ? subscribersOfTopic(subscribe, topic) : 0;
          expect(listening).toHaveLength(expected);
        }
      }),
    );
  });

  it('spreads the subscribers of each topic evenly over the targets', async () => {
    await fc.assert(
      fc.property(subscribed, fc.integer({ min: 1, max: 5 }), ({ subscribe }, targetCount) => {
        const targets = Array.from({ length: targetCount }, (_, i) => `ws://${i}`);
        const rounds = [{ connections: subscribe.connections, group: subscribe.topics }];
        const counts = new Map<string, number>();
        for (const connection of ownedConnections(subscribe.connections, { index: 0, count: 1 })) {
          const topic = topicOfSubscriber(subscriberOf(subscribe, connection), subscribe.topics);
          const key = `${topic}/${targetOf({ targets, rounds }, connection)}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        for (let topic = 0; topic < subscribe.topics; topic++) {
          const perTarget = targets.map((_, target) => counts.get(`${topic}/${target}`) ?? 0);
          expect(Math.max(...perTarget) - Math.min(...perTarget)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
