import { expect, test } from 'vitest';
import { firstOpenedBy, highestLevel } from '../../../src/workload/stream-of.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const plan = samplePlan({ workloads: { connect: { rate: '30/s' }, publish: { rate: '10/s' } } });
const [storm] = plan.streams.filter(({ opens }) => opens === true);

test('the connections of a storm are numbered behind those that are open before the load', () => {
  expect(firstOpenedBy(plan, 'connect')).toBe(plan.connections.count);
});

test('those of a second storm are numbered behind the first', () => {
  if (storm === undefined) throw new Error('the sample opens connections');
  const two = { ...plan, streams: [...plan.streams, { ...storm, name: 'second' }] };
  expect(firstOpenedBy(two, 'second')).toBe(plan.connections.count + storm.total);
});

test('a ramp counts by its higher end', () => {
  const phases = [{ name: 'up', duration: '1s', level: 0.5, rampTo: 3 }];
  expect(highestLevel(samplePlan({ phases }))).toBe(3);
});
