import { expect, it } from 'vitest';
import { openSubscriptions } from '../../../src/plan/open-subscriptions.ts';
import { EVERYTHING, samplePlan } from '../../support/sample-plan.ts';

it('counts them where the connections of workloads overlap, and apart where they do not', () => {
  const { publish, subscribe, query } = EVERYTHING;
  const workloads = {
    publish,
    subscribe: { ...subscribe, connections: 6 },
    query: { ...query, connections: 6 },
  };
  expect(openSubscriptions(samplePlan({ workloads }))).toEqual([
    { connections: { first: 0, count: 4 }, atOnce: 1, workloads: ['query'] },
    { connections: { first: 4, count: 2 }, atOnce: 2, workloads: ['query', 'subscribe'] },
    { connections: { first: 6, count: 4 }, atOnce: 1, workloads: ['subscribe'] },
  ]);
});

it('finds none where nothing is asked', () => {
  expect(openSubscriptions(samplePlan())).toEqual([]);
});
