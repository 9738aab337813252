import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../../src/plan/overrides.ts';
import { EVERYTHING, sampleScenario } from '../../support/sample-plan.ts';

const scenario = sampleScenario({ workloads: EVERYTHING });

describe('applyOverrides', () => {
  it('changes nothing without overrides', () => {
    expect(applyOverrides(scenario, {})).toEqual(scenario);
  });

  it('sets seed and warm-up, zero included', () => {
    expect(applyOverrides(scenario, { seed: 0, warmupMs: 0 })).toMatchObject({ seed: 0, warmup: 0 });
  });

  it('lets clients come back as the scenario says, or in the usual way', () => {
    const usual = { first: 1_000, longest: 30_000, jitter: true };
    expect(applyOverrides(scenario, { reconnect: true }).connections.reconnect).toEqual(usual);
    const own = { ...usual, first: 5 };
    const asked = { ...scenario, connections: { ...scenario.connections, reconnect: own } };
    expect(applyOverrides(asked, { reconnect: true }).connections.reconnect).toEqual(own);
    expect(applyOverrides(scenario, { reconnect: false }).connections.reconnect).toBeUndefined();
  });

  it('offers compression as the scenario says, or where the flag does', () => {
    expect(applyOverrides(scenario, { compression: true }).connections.compression).toBe(true);
    expect(applyOverrides(scenario, {}).connections.compression).toBeUndefined();
    const asked = { ...scenario, connections: { ...scenario.connections, compression: true } };
    expect(applyOverrides(asked, {}).connections.compression).toBe(true);
  });

  it('scales the connections of each role with the connections', () => {
    const { connections, workloads } = applyOverrides(scenario, { connections: 25 });
    expect(connections.count).toBe(25);
    expect([workloads.publish?.connections, workloads.subscribe?.connections]).toEqual([15, 20]);
    expect(workloads.query?.connections).toBeUndefined();
  });

  it('leaves each role at least one connection', () => {
    const { workloads } = applyOverrides(scenario, { connections: 1 });
    expect([workloads.publish?.connections, workloads.subscribe?.connections]).toEqual([1, 1]);
  });

  it.each([
    ['publish', EVERYTHING],
    ['query', { query: EVERYTHING.query, connect: EVERYTHING.connect }],
    ['connect', { connect: EVERYTHING.connect }],
  ] as const)('sets the rate of %s where that comes first', (name, workloads) => {
    const before = sampleScenario({ workloads });
    const after = applyOverrides(before, { rate_per_s: 7 }).workloads;
    expect(after).toEqual({ ...before.workloads, [name]: { ...before.workloads[name], rate: 7 } });
  });

  it('scales every stream by the load factor and nothing else', () => {
    const after = applyOverrides(scenario, { loadFactor: 2.5 });
    const { publish, query, connect } = scenario.workloads;
    expect(after).toEqual({
      ...scenario,
      workloads: {
        ...scenario.workloads,
        publish: { ...publish, rate: (publish?.rate ?? 0) * 2.5 },
        query: { ...query, rate: (query?.rate ?? 0) * 2.5 },
        connect: { ...connect, rate: (connect?.rate ?? 0) * 2.5 },
      },
    });
  });

  it('leaves a rate that is asked for as it is beside a load factor', () => {
    const { publish, query } = applyOverrides(scenario, { loadFactor: 3, rate_per_s: 7 }).workloads;
    expect([publish?.rate, query?.rate]).toEqual([7, (scenario.workloads.query?.rate ?? 0) * 3]);
  });

  it('makes a recorded pace faster by the load factor', () => {
    const { publish } = scenario.workloads;
    if (publish === undefined) throw new Error('the sample publishes');
    const recorded = {
      ...scenario,
      workloads: { publish: { ...publish, pace: 'recorded', paceFactor: 4 } as const },
    };
    expect(applyOverrides(recorded, { loadFactor: 5 }).workloads.publish?.paceFactor).toBe(20);
  });

  it('spaces the arrivals of every stream evenly', () => {
    const poisson = sampleScenario({
      workloads: {
        publish: { rate: '10/s', arrivals: 'poisson' },
        subscribe: { topics: 2, connections: 4 },
        query: { ...EVERYTHING.query, arrivals: { pattern: 'burst', size: 5 } },
      },
    });
    const { publish, query, subscribe } = applyOverrides(poisson, { evenArrivals: true }).workloads;
    expect([publish?.arrivals, query?.arrivals]).toEqual(['constant', 'constant']);
    expect(subscribe).not.toHaveProperty('arrivals');
    expect(applyOverrides(poisson, {}).workloads.publish?.arrivals).toBe('poisson');
  });

  it('leaves a stream that is evenly spaced beside another one where it is', () => {
    const shifted = { pattern: 'shifted' as const, by: 0.25 };
    const beside = sampleScenario({
      workloads: { publish: { rate: '10/s' }, query: { ...EVERYTHING.query, arrivals: shifted } },
    });
    expect(applyOverrides(beside, { evenArrivals: true }).workloads.query?.arrivals).toEqual(shifted);
  });

  it.each([{ loadFactor: 2 }, { rate_per_s: 2 }])('refuses %o where replies set the pace', (asked) => {
    const closed = sampleScenario({ load: { model: 'closed' }, workloads: { publish: {} } });
    expect(() => applyOverrides(closed, asked)).toThrow(
      expect.objectContaining({ code: 'PLAN_IMPOSSIBLE', message: expect.stringContaining('closed') }),
    );
  });

  it('sets the duration of a single phase', () => {
    expect(applyOverrides(scenario, { durationMs: 1_234 }).phases).toMatchObject([{ duration: 1_234 }]);
  });

  it('scales several phases so that they last as long as asked for together', () => {
    const steps = sampleScenario({
      phases: [
        { name: 'a', duration: '10s' },
        { name: 'b', duration: '30s', level: 2 },
      ],
    });
    expect(applyOverrides(steps, { durationMs: 4_000 }).phases).toMatchObject([
      { name: 'a', duration: 1_000 },
      { name: 'b', duration: 3_000, level: 2 },
    ]);
  });
});
