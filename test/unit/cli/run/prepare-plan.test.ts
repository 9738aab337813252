import { describe, expect, test } from 'vitest';
import { EMBEDDED_TARGET, plannedAddresses, preparePlan } from '../../../../src/cli/run/prepare-plan.ts';
import { relayFlag } from '../../../../src/cli/run/relay-flag.ts';
import { type StackState, writeState } from '../../../../src/stack/state.ts';
import { sampleStack } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('preparing a plan', () => {
  test('every flag replaces the value of the scenario', async () => {
    const plan = await preparePlan('publish', {
      relay: ['ws://127.0.0.1:1/', 'ws://127.0.0.1:2/'],
      connections: 10,
      rate: 20,
      duration: 4_000,
      warmup: 1_000,
      workers: 2,
      seed: 9,
      gate: ['ack_latency p99 < 1s'],
      defaultGates: false,
    });
    expect(plan).toMatchObject({
      targets: ['ws://127.0.0.1:1/', 'ws://127.0.0.1:2/'],
      connections: { count: 10 },
      streams: [{ rate_per_s: 20 }],
      phases: [{ endNs: 1e9 }, { endNs: 5e9 }],
      workers: 2,
      seed: 9,
      gates: ['ack_latency p99 < 1s'],
    });
  });

  test('without an address the plan is for the embedded relay', async () => {
    expect((await preparePlan('quick', { defaultGates: true })).targets).toEqual([EMBEDDED_TARGET]);
  });

  test('a relay that is started has no address yet', () => {
    const relay = ['mine=./relay {port}', 'ws://127.0.0.1:1'].map(relayFlag);
    expect(plannedAddresses({ relay })).toEqual([EMBEDDED_TARGET, 'ws://127.0.0.1:1/']);
    expect(plannedAddresses({})).toBeUndefined();
  });

  test('an address in the place of the scenario is told apart, and its credentials are not repeated', async () => {
    await expect(preparePlan('wss://me:secret@relay.example', { defaultGates: true })).rejects.toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('secret'),
        hint: 'write --relay before the address',
      }),
    );
  });

  test('the load factor reaches every stream', async () => {
    const rates = async (loadFactor?: number) => {
      const flags = { defaultGates: true, ...(loadFactor === undefined ? {} : { loadFactor }) };
      return (await preparePlan('quick', flags)).streams.map(({ rate_per_s }) => rate_per_s);
    };
    expect(await rates(5)).toEqual((await rates()).map((rate) => rate * 5));
  });
});

describe('the plan of a run against a stack', () => {
  const planOf = async (phase: StackState['phase'] | 'none') => {
    const dir = await tempDir();
    if (phase !== 'none') await writeState({ ...(await sampleStack('scaled', { relays: 1, dir })), phase });
    return preparePlan('quick', { stack: 'scaled', stackDir: dir, defaultGates: true });
  };
  const crossing = expect.stringContaining('delivery_cross_latency');

  test.each(['up', 'kept'] as const)(
    'is that of the stack that is there, whatever its profile says (%s)',
    async (phase) => {
      const { relayProcesses, gates } = await planOf(phase);
      expect(relayProcesses).toBe(1);
      expect(gates).not.toContainEqual(crossing);
    },
  );

  test('is that of the profile where there is none', async () => {
    const { relayProcesses, gates } = await planOf('none');
    expect(relayProcesses).toBe(3);
    expect(gates).toContainEqual(crossing);
  });
});
