import { expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { requireAgentFlags, runOnAgents } from '../../../../src/cli/run/agents-of-run.ts';
import type { RunFlags } from '../../../../src/cli/run/flags.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { samplePlan } from '../../../support/sample-plan.ts';

const FLAGS: RunFlags = { progress: 'none', defaultGates: true };
const REDIS = 'redis://127.0.0.1:1';

async function cli(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const process = new FakeProcess(args);
  return { code: await main(process), stderr: process.stderr.text };
}

test('agents need a Redis to wait at', () => {
  expect(() => requireAgentFlags({ ...FLAGS, agents: 2 }, () => true)).toThrow(
    expect.objectContaining({ code: 'AGENTS_WITHOUT_REDIS', exitCode: 2 }),
  );
  requireAgentFlags({ ...FLAGS, agents: 2, redis: REDIS }, () => true);
});

test('each agent needs a worker', () => {
  expect(() => requireAgentFlags({ ...FLAGS, agents: 4, workers: 3, redis: REDIS }, () => true)).toThrow(
    expect.objectContaining({ code: 'TOO_FEW_WORKERS' }),
  );
});

test('no option about agents is accepted and ignored', () => {
  for (const option of ['redis', 'agentWait', 'onAgentLoss'] as const)
    expect(() => requireAgentFlags(FLAGS, (one) => one === option)).toThrow(
      expect.objectContaining({ code: 'AGENTS_NOT_ASKED' }),
    );
});

test('a Redis in the environment is no wish for agents', () => {
  requireAgentFlags({ ...FLAGS, redis: REDIS }, () => false);
});

test('a scenario that replays an imported corpus is refused before anything is started', async () => {
  const plan = samplePlan();
  const named = { ...plan, corpus: { ...plan.corpus, named: { generated: null } } } as unknown as typeof plan;
  const request = { host: {} as never, plan: named, flags: { ...FLAGS, agents: 1, redis: REDIS } };
  await expect(runOnAgents({ ...request, scenario: 'mixed' })).rejects.toMatchObject({
    code: 'CORPUS_NOT_SHARED',
    exitCode: 2,
  });
});

test('a Redis that is not there is said before a relay is asked anything, with its password hidden', async () => {
  const { code, stderr } = await cli(['agent', '--redis', 'redis://me:secret@127.0.0.1:1']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^error: Redis at redis:\/\/\*\*\*@127\.0\.0\.1:1 can't be used: .*ECONNREFUSED/);
  expect(stderr).not.toContain('secret');
});

test.each(['http://127.0.0.1', 'localhost:6379'])('%s is not the address of a Redis', async (address) => {
  const { code, stderr } = await cli(['agent', '--redis', address]);
  expect(code).toBe(2);
  expect(stderr).toContain('is not the address of a Redis');
});
