import { expect, test } from 'vitest';
import { withAgents } from '../../../src/distributed/with-agents.ts';
import type { RunResult } from '../../../src/result/run-result.ts';
import type { AgentReport } from '../../../src/result/schema.ts';

const RESULT = { generator: { workers: 2 }, invalidities: [] } as unknown as RunResult;

function agent(startedLate_us: number | null): AgentReport {
  return {
    ...{ shard: 0, name: 'a', version: '1', node: 'v20', cpus: 2, memoryBytes: 1, workers: [0] },
    ...{
      clockRoundTrip_us: 100,
      clockDrift_us: 0,
      startedLate_us,
      newsBytes: 1,
      newsMessages: 1,
      lost: null,
    },
  };
}

test('agents that began together leave the run valid', () => {
  const { generator, invalidities } = withAgents(RESULT, [agent(3_000), agent(250_000), agent(null)]);
  expect(generator.agents).toHaveLength(3);
  expect(invalidities).toEqual([]);
});

test('an agent that began more than 250 ms late makes it invalid', () => {
  expect(withAgents(RESULT, [agent(251_000)]).invalidities).toEqual([
    { kind: 'load-not-offered', text: 'agent a began 251 ms after the common start, more than 250 ms' },
  ]);
});
