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
