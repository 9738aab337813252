import { buildPlan, type PlanRequest } from '../../src/plan/build-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type Scenario, scenarioSchema } from '../../src/scenario/schema.ts';

/** Keys of a scenario file, checked by the schema. */
type Changes = Readonly<Record<string, unknown>>;

/** A small valid scenario: publishing at 100/s on 10 connections for 10 s after 2 s of warm-up. */
export function sampleScenario(changes: Changes = {}): Scenario {
  return scenarioSchema.parse({
    name: 'sample',
    description: 'a sample',
    connections: { count: 10 },
    workloads: { publish: { rate: '100/s' } },
    warmup: '2s',
    phases: [{ name: 'steady', duration: '10s' }],
    ...changes,
  });
}

/** The plan of a sample scenario for one target on a machine of two cores. */
export function samplePlan(changes: Changes = {}, request: Partial<PlanRequest> = {}): Plan {
  return buildPlan({
    scenario: sampleScenario(changes),
    targets: ['ws://127.0.0.1:1'],
    cores: 2,
    ...request,
  });
}

/** All workloads that fit together. */
export const EVERYTHING = {
  publish: { rate: '100/s', connections: 6 },
  subscribe: { topics: 4, connections: 8 },
  query: { rate: '50/s', filters: [{ name: 'feed', filter: { kinds: [1], limit: 10 } }] },
  connect: { rate: '30/s' },
} as const;
