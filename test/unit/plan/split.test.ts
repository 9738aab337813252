import { describe, expect, it } from 'vitest';
import {
  isInRange,
  ownedConnections,
  rangeFromFirst,
  rangeFromLast,
  subscribersOfTopic,
  targetOf,
} from '../../../src/plan/split.ts';
import type { SubscribePlan } from '../../../src/workload/subscribe/plan.ts';

describe('ownedConnections', () => {
  it.each([
    [{ first: 0, count: 7 }, { index: 0, count: 3 }, [0, 3, 6]],
    [{ first: 0, count: 7 }, { index: 2, count: 3 }, [2, 5]],
    [{ first: 4, count: 3 }, { index: 0, count: 3 }, [6]],
    [{ first: 4, count: 3 }, { index: 1, count: 3 }, [4]],
    [{ first: 5, count: 0 }, { index: 0, count: 1 }, []],
    [{ first: 0, count: 1 }, { index: 3, count: 4 }, []],
  ])('of %j for shard %j are %j', (range, shard, expected) => {
    expect(ownedConnections(range, shard)).toEqual(expected);
  });
});

describe('isInRange', () => {
  it('holds from the first connection of the range to its last', () => {
    const range = { first: 4, count: 3 };
    expect([3, 4, 6, 7].map((connection) => isInRange(range, connection))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isInRange({ first: 4, count: 0 }, 4)).toBe(false);
  });
});

describe('ranges of roles', () => {
  it('count publishers from the first and subscribers from the last connection', () => {
    expect(rangeFromFirst(20)).toEqual({ first: 0, count: 20 });
    expect(rangeFromLast(20, 100, 1)).toEqual({ first: 80, count: 20 });
  });

  it('begin subscribers at a multiple of the workers', () => {
    expect(rangeFromLast(19, 100, 4)).toEqual({ first: 80, count: 19 });
    expect(rangeFromLast(18, 100, 4)).toEqual({ first: 80, count: 18 });
  });
});

describe('subscribersOfTopic', () => {
  it('counts every subscriber once', () => {
    const subscribe: SubscribePlan = { topics: 4, connections: { first: 10, count: 10 } };
    expect([0, 1, 2, 3].map((topic) => subscribersOfTopic(subscribe, topic))).toEqual([3, 3, 2, 2]);
  });

  it('is zero for a topic that nobody listens to', () => {
    expect(subscribersOfTopic({ topics: 4, connections: { first: 0, count: 2 } }, 3)).toBe(0);
  });
});

describe('targetOf', () => {
  const targets = ['ws://a', 'ws://b', 'ws://c'];

  it('goes round the targets', () => {
    expect([0, 1, 2, 3].map((c) => targetOf({ targets, rounds: [] }, c))).toEqual([0, 1, 2, 0]);
  });

  it('spreads the subscribers of each topic over all targets', () => {
    const rounds = [{ group: 2, connections: { first: 4, count: 6 } }];
    const found = [4, 5, 6, 7, 8, 9].map((c) => targetOf({ targets, rounds }, c));
    expect(found).toEqual([0, 0, 1, 1, 2, 2]);
  });
});
