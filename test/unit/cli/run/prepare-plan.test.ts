import { describe, expect, test } from 'vitest';
import { EMBEDDED_TARGET, preparePlan } from '../../../../src/cli/run/prepare-plan.ts';

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

  test('an address in the place of the scenario is told apart, and its credentials are not repeated', async () => {
    await expect(preparePlan('wss://me:secret@relay.example', { defaultGates: true })).rejects.toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('secret'),
        hint: 'write --relay before the address',
      }),
    );
  });
});
