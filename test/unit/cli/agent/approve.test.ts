import { expect, test } from 'vitest';
import { type Approval, approveShard } from '../../../../src/cli/agent/approve.ts';
import { readJob, type ShardJob } from '../../../../src/distributed/job.ts';
import { sharedJob, sharedPlan } from '../../../support/remote.ts';

const ADDRESSES: Record<string, readonly string[]> = {
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.1': ['127.0.0.1'],
  'relay.example': ['203.0.113.5'],
  'loopback.example': ['127.0.0.1'],
  // A name that anybody may point anywhere.
  'both.example': ['127.0.0.1', '203.0.113.5'],
};

function approve(targets: readonly string[], changes: Partial<Approval> = {}, job: Partial<ShardJob> = {}) {
  const { plan } = sharedPlan({ workers: 2 });
  const shard = readJob({
    ...sharedJob({ workers: 2 }),
    ...{ runId: '00000000-0000-4000-8000-000000000001', shard: 0, shards: 1, expiresUs: 1 },
    ...{ workers: { first: 0, count: 2 }, targets, ...job },
  });
  return approveShard(shard, plan, {
    allowed: [],
    hostName: 'here',
    supply: () => ({ openFiles: 1_024, localPorts: 28_232 }),
    resolve: async (host) => ADDRESSES[host] ?? Promise.reject(new Error('no such host')),
    ...changes,
  });
}

test('the loopback of the machine that leads the run is loaded without being asked', async () => {
  await approve(['ws://127.0.0.1:7777/', 'ws://localhost:7777/']);
});

test.each([
  'ws://relay.example/',
  'ws://both.example/',
  // May lead elsewhere when it is connected to.
  'ws://loopback.example/',
  'ws://nowhere.example/',
])('%s is not loaded unless the agent was told so', async (target) => {
  await expect(approve(['ws://127.0.0.1/', target])).rejects.toMatchObject({
    code: 'TARGET_NOT_ALLOWED',
    exitCode: 3,
    hint: expect.stringContaining(`--allow ${new URL(target).hostname}`),
  });
});

test('a host that was named is loaded, and no other one', async () => {
  await approve(['wss://relay.example:444/path'], { allowed: ['Relay.Example'] });
  await expect(approve(['ws://both.example/'], { allowed: ['relay.example'] })).rejects.toMatchObject({
    code: 'TARGET_NOT_ALLOWED',
  });
});

test('the loopback of another machine is not this one', async () => {
  await expect(approve(['ws://127.0.0.1/'], {}, { host: 'there' })).rejects.toThrow(/loopback of there/);
  await approve(['ws://127.0.0.1/'], { allowed: ['127.0.0.1'] }, { host: 'there' });
});

test('a machine that can not hold the connections of its shard says so before the run', async () => {
  await expect(
    approve(['ws://127.0.0.1/'], { supply: () => ({ openFiles: 100, localPorts: null }) }),
  ).rejects.toMatchObject({ code: 'LIMIT_TOO_LOW' });
});
