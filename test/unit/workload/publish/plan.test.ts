import { describe, expect, it } from 'vitest';
import { describePlan } from '../../../../src/plan/describe.ts';
import { samplePlan } from '../../../support/sample-plan.ts';

const SORTS = [
  { name: 'honest', weight: 5 },
  { name: 'sybil', weight: 95, keys: 'fresh', connections: '40%' },
  { name: 'large', weight: 10, contentBytes: 'limit', connections: '25%', kind: 30_023, authors: 3 },
];
const planOf = (events: readonly object[], publish: object = {}) =>
  samplePlan({ workloads: { publish: { rate: '100/s', contentBytes: 99, ...publish, events } } });

describe('sorts of events in a plan', () => {
  it('have what they say, and else what publish says', () => {
    expect(planOf(SORTS).workloads.publish?.sorts).toEqual([
      {
        ...{ name: 'honest', weight: 5, kind: 1, contentBytes: 99, authors: 100 },
        connections: { first: 0, count: 4 },
      },
      {
        ...{ name: 'sybil', weight: 95, kind: 1, contentBytes: 99, authors: 'fresh' },
        connections: { first: 4, count: 4 },
      },
      {
        ...{ name: 'large', weight: 10, kind: 30_023, contentBytes: 'limit', authors: 3 },
        connections: { first: 8, count: 2 },
      },
    ]);
  });

  it('are one without a name where the scenario lists none', () => {
    const plan = samplePlan({ workloads: { publish: { rate: '100/s', kind: 7 } } });
    expect(plan.workloads.publish?.sorts).toMatchObject([
      { name: null, kind: 7, connections: { first: 0, count: 10 } },
    ]);
  });

  it('take no more workers than each has connections', () => {
    const workloads = { publish: { rate: '9/s', events: SORTS } };
    expect(samplePlan({ workloads }, { cores: 64 }).workers).toBe(2);
  });

  it('give the latency of acknowledgement a label, which gates know', () => {
    const plan = samplePlan({
      workloads: { publish: { rate: '100/s', events: SORTS } },
      gates: ['ack_latency{event=honest} p95 < 50ms'],
    });
    expect(plan.labels).toMatchObject({ event: ['honest', 'sybil', 'large'] });
    expect(plan.gates).toContain('ack_latency{event=honest} p95 < 50ms');
    expect(() => planOf(SORTS, {}).gates).not.toThrow();
  });

  it('refuse a gate on a sort that is not there', () => {
    const changes = {
      workloads: { publish: { rate: '1/s', events: SORTS } },
      gates: ['ack_latency{event=nobody} max < 1s'],
    };
    expect(() => samplePlan(changes)).toThrow('the scenario has no event "nobody"');
  });

  it('are shown with their shares', () => {
    const text = JSON.stringify(describePlan(planOf(SORTS)));
    expect(text).toContain('86.36 % of events, kind 1, 99 B, a fresh key each, 4 connections');
    expect(text).toContain("up to the relay's limit");
  });
});
