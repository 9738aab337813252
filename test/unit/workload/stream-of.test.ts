import { expect, test } from 'vitest';
import { firstOpenedBy, highestLevel } from '../../../src/workload/stream-of.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const plan = samplePlan({
  workloads: { connect: { rate: '30/s' }, churn: { rate: '5/s' }, publish: { rate: '10/s' } },
});

test('the connections of a storm are numbered behind those that are open before the load', () => {
  expect(firstOpenedBy(plan, 'connect')).toBe(plan.connections.count);
});

test('those of another workload are numbered behind the storm', () => {
  const storm = plan.streams.find(({ name }) => name === 'connect');
  expect(storm?.total).toBeGreaterThan(0);
  expect(firstOpenedBy(plan, 'churn')).toBe(plan.connections.count + (storm?.total ?? 0));
});

test('a ramp counts by its higher end', () => {
  const phases = [{ name: 'up', duration: '1s', level: 0.5, rampTo: 3 }];
  expect(highestLevel(samplePlan({ phases }))).toBe(3);
});
