import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gateProblem } from '../../../src/gate/parse.ts';
import { buildPlan } from '../../../src/plan/build-plan.ts';
import { measuredArrivals } from '../../../src/plan/planned-samples.ts';
import { builtinNames, builtinPath } from '../../../src/scenario/builtin.ts';
import { loadScenario } from '../../../src/scenario/load.ts';

const NAMES = await builtinNames();
/** Verified events a second that half a core of a laptop carries beside the generator. */
const MODEST_EVENTS_PER_S = 1_000;

describe.each(NAMES)('built-in scenario %s', (name) => {
  it('is valid and named like its file', async () => {
    expect((await loadScenario(name, gateProblem)).name).toBe(basename(builtinPath(name), '.yaml'));
  });

  it.each([1, 2, 4, 8, 64])('has a plan for a machine of %d cores', async (cores) => {
    const scenario = await loadScenario(name, gateProblem);
    const plan = buildPlan({ scenario, targets: ['ws://127.0.0.1:1'], cores });
    expect(plan.workers).toBeGreaterThanOrEqual(1);
    expect(plan.gates).toContain('connect_ratio >= 100%');
  });

  it('bounds a p95 for every latency at its full length', async () => {
    const scenario = await loadScenario(name, gateProblem);
    const plan = buildPlan({ scenario, targets: ['ws://127.0.0.1:1'], cores: 2 });
    expect(plan.gates.filter((gate) => gate.includes(' max '))).toEqual([]);
  });

  it('stays within what a laptop carries', async () => {
    const scenario = await loadScenario(name, gateProblem);
    const highest = Math.max(...scenario.phases.map(({ level, rampTo = level }) => Math.max(level, rampTo)));
    expect((scenario.workloads.publish?.rate ?? 0) * highest).toBeLessThanOrEqual(MODEST_EVENTS_PER_S);
  });

  it.each([
    { durationMs: 1_000, warmupMs: 0 },
    { connections: 4 },
    { connections: 2_000 },
    { rate_per_s: 5 },
    { seed: 99 },
  ])('can be changed from the command line: %j', async (overrides) => {
    const scenario = await loadScenario(name, gateProblem);
    expect(() => buildPlan({ scenario, targets: ['ws://127.0.0.1:1'], cores: 8, overrides })).not.toThrow();
  });
});

describe('the standard scenario', () => {
  it('is the headline target: 1,000 connections, 100 events/s for a minute', async () => {
    const scenario = await loadScenario('standard', gateProblem);
    const plan = buildPlan({ scenario, targets: ['ws://127.0.0.1:1'], cores: 2 });
    expect(plan.connections.count).toBe(1_000);
    expect(plan.streams.find(({ name }) => name === 'publish')?.rate_per_s).toBe(100);
    // Poisson: 6,000 with a standard deviation of 77.
    expect(Math.abs(measuredArrivals(plan, 'publish') - 6_000)).toBeLessThan(4 * 77);
    for (const metric of ['ack_latency', 'eose_latency', 'delivery_latency']) {
      expect(plan.gates).toContain(`${metric} p95 < 100ms`);
    }
  });
});
