import { describe, expect, it } from 'vitest';
import { measuredArrivals } from '../../../src/plan/planned-arrivals.ts';
import { plannedByPhase, plannedSamples } from '../../../src/plan/planned-samples.ts';
import { EVERYTHING, samplePlan } from '../../support/sample-plan.ts';

describe('plannedSamples', () => {
  it('counts what each workload measures, warm-up excluded', () => {
    const plan = samplePlan({ workloads: EVERYTHING, corpus: { events: 10 } });
    expect(Object.fromEntries(plannedSamples(plan))).toEqual({
      ack_latency: 1_000,
      first_event_latency: 500,
      eose_latency: 500,
      delivery_latency: 2_000,
      delivery_last_latency: 1_000,
      connect_latency: 300,
    });
  });

  it('expects no first events without a corpus', () => {
    const plan = samplePlan({ workloads: { query: EVERYTHING.query } });
    expect([...plannedSamples(plan).keys()]).toEqual(['eose_latency']);
  });

  it('expects a last delivery only of events that somebody listens to', () => {
    const workloads = { publish: { rate: '100/s' }, subscribe: { topics: 4, connections: 1 } };
    const planned = plannedSamples(samplePlan({ workloads }));
    expect(planned.get('delivery_last_latency')).toBe(250);
  });
});

describe('plannedSamples of several relay processes', () => {
  it('expects deliveries across them from all but the own one', () => {
    const plan = samplePlan({ workloads: EVERYTHING, corpus: { events: 10 } });
    const planned = (relayProcesses: number) => plannedSamples({ ...plan, relayProcesses });
    expect(planned(4).get('delivery_cross_latency')).toBe(1_500);
    expect(planned(2).get('delivery_cross_latency')).toBe(1_000);
    expect(planned(1).has('delivery_cross_latency')).toBe(false);
  });
});

describe('plannedByPhase', () => {
  const phases = [
    { name: 'few', duration: '5s', level: 0.5 },
    { name: 'many', duration: '10s', level: 4 },
  ];

  it('counts the samples of each measured phase', () => {
    const found = plannedByPhase(samplePlan({ workloads: { publish: { rate: '100/s' } }, phases }));
    expect([...found].map(([name, samples]) => [name, samples.get('ack_latency')])).toEqual([
      ['few', 250],
      ['many', 4_000],
    ]);
  });

  it('has nothing to add where there is one phase, or where replies set the pace', () => {
    expect(plannedByPhase(samplePlan()).size).toBe(0);
    const level1 = phases.map(({ name, duration }) => ({ name, duration }));
    const workloads = { publish: {} };
    const closed = samplePlan({ load: { model: 'closed' }, workloads, phases: level1 });
    expect(plannedByPhase(closed).size).toBe(0);
  });

  it('gives a short phase a default gate of its own', () => {
    const plan = samplePlan({ workloads: { publish: { rate: '100/s' } }, phases });
    expect(plan.gates).toContain('ack_latency{phase=few} p95 < 100ms');
  });
});

describe('measuredArrivals', () => {
  it('is zero for a stream that the plan has not', () => {
    expect(measuredArrivals(samplePlan(), 'query')).toBe(0);
  });

  it('is unbounded in the closed model', () => {
    const plan = samplePlan({ load: { model: 'closed' }, workloads: { publish: {} } });
    expect(measuredArrivals(plan, 'publish')).toBe(Number.POSITIVE_INFINITY);
  });
});
