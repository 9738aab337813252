import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corporaInCache } from '../../../src/cli/run/corpora.ts';
import { findNamedCorpus } from '../../../src/cli/run/named-corpus.ts';
import { gateProblem } from '../../../src/gate/parse.ts';
import { buildPlan, type PlanRequest } from '../../../src/plan/build-plan.ts';
import { applyOverrides } from '../../../src/plan/overrides.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { measuredArrivals } from '../../../src/plan/planned-arrivals.ts';
import { builtinNames, builtinPath } from '../../../src/scenario/builtin.ts';
import { loadScenario } from '../../../src/scenario/load.ts';

const NAMES = await builtinNames();
/** Verified events a second that half a core of a laptop carries beside the generator. */
const MODEST_EVENTS_PER_S = 1_000;

/** The plan of a built-in; the corpus that it may name need not be there. */
async function planOf(name: string, request: Partial<PlanRequest> = {}): Promise<Plan> {
  const scenario = await loadScenario(name, gateProblem);
  const corpus = await findNamedCorpus({
    scenario: applyOverrides(scenario, request.overrides ?? {}),
    scenarioFile: null,
    corpora: corporaInCache({}, '/nowhere'),
  });
  return buildPlan({ scenario, targets: ['ws://127.0.0.1:1'], cores: 2, corpus, ...request });
}

describe.each(NAMES)('built-in scenario %s', (name) => {
  it('is valid and named like its file', async () => {
    expect((await loadScenario(name, gateProblem)).name).toBe(basename(builtinPath(name), '.yaml'));
  });

  it.each([1, 2, 4, 8, 64])('has a plan for a machine of %d cores', async (cores) => {
    const plan = await planOf(name, { cores });
    expect(plan.workers).toBeGreaterThanOrEqual(1);
    expect(plan.gates).toContain('connect_ratio >= 100%');
  });

  it('bounds a p95 for every latency at its full length', async () => {
    const plan = await planOf(name);
    // Of a fault, or of connections that come back from it, there are few.
    const isFew = (gate: string): boolean => /^(?:fault|reconnect)_/.test(gate);
    expect(plan.gates.filter((gate) => gate.includes(' max ') && !isFew(gate))).toEqual([]);
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
    // A trace has a pace of its own.
    if (name === 'replay' && 'rate_per_s' in overrides) {
      await expect(planOf(name, { overrides })).rejects.toMatchObject({ code: 'PLAN_IMPOSSIBLE' });
      return;
    }
    await expect(planOf(name, { cores: 8, overrides })).resolves.toHaveProperty('gates');
  });
});

describe('the standard scenario', () => {
  it('is the headline target: 1,000 connections, 100 events/s for a minute', async () => {
    const plan = await planOf('standard');
    expect(plan.connections.count).toBe(1_000);
    expect(plan.streams.find(({ name }) => name === 'publish')?.rate_per_s).toBe(100);
    // Poisson: 6,000 with a standard deviation of 77.
    expect(Math.abs(measuredArrivals(plan, 'publish') - 6_000)).toBeLessThan(4 * 77);
    for (const metric of ['ack_latency', 'eose_latency', 'delivery_latency']) {
      expect(plan.gates).toContain(`${metric} p95 < 100ms`);
    }
  });
});
