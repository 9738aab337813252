import { describe, expect, test } from 'vitest';
import { requireSamples } from '../../../../src/cli/contest/require-samples.ts';
import { buildPlan } from '../../../../src/plan/build-plan.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import { scenarioSchema } from '../../../../src/scenario/schema.ts';

/** 100 events/s and 25 queries/s for so many seconds. */
function plan(seconds: number): Plan {
  const scenario = scenarioSchema.parse({
    name: 'short',
    description: 'A short run.',
    connections: { count: 4 },
    corpus: { events: 100 },
    workloads: {
      publish: { rate: '100/s' },
      query: { rate: '25/s', filters: [{ name: 'feed', filter: { kinds: [1], limit: 10 } }] },
    },
    phases: [{ name: 'steady', duration: `${seconds}s` }],
  });
  return buildPlan({ scenario, targets: ['ws://127.0.0.1:1/'], cores: 2 });
}

describe('a plan for a comparison', () => {
  test('is refused where its queries are too few for the p95 that decides, and says what is enough', () => {
    expect(() => requireSamples(plan(4), null)).toThrow(
      expect.objectContaining({
        code: 'PLAN_IMPOSSIBLE',
        exitCode: 2,
        message: 'eose_latency p95 needs 200 samples in each run, this plan has about 100',
        hint: expect.stringMatching(/--duration 8s or more/),
      }),
    );
    expect(() => requireSamples(plan(8), null)).not.toThrow();
  });

  test('is judged by the metrics that the user names', () => {
    expect(() => requireSamples(plan(4), ['ack_latency p95'])).not.toThrow();
    expect(() => requireSamples(plan(4), ['ack_latency p99'])).toThrow(/p99 needs 1000 samples/);
    expect(() => requireSamples(plan(4), ['delivery_ratio', 'connect_latency p95'])).not.toThrow();
  });
});
