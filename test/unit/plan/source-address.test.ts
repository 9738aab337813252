import { describe, expect, it } from 'vitest';
import { sourceAddressesOf, sourceAddressOf } from '../../../src/plan/source-address.ts';

function plan(count: number, ...targets: readonly string[]) {
  return {
    targets,
    opened: [],
    connections: {
      count,
      rate_per_s: 1,
      timeoutMs: 1,
      insecure: false,
      transport: 'auto' as const,
      pick: 'random' as const,
      auth: 'on-demand' as const,
      authUrl: null,
      reconnect: null,
      compression: false,
    },
  };
}

describe('source addresses', () => {
  it('leaves the choice to the system where one address has ports enough', () => {
    expect(sourceAddressOf(plan(20_000, 'ws://127.0.0.1:7777'), 5)).toBeUndefined();
    expect(sourceAddressOf(plan(40_000, 'ws://127.0.0.1:1', 'ws://127.0.0.1:2'), 5)).toBeUndefined();
  });

  it('spreads many connections to one loopback endpoint over eight addresses, evenly', () => {
    const many = plan(32_000, 'ws://127.0.0.1:7777');
    const counts = new Map<string | undefined, number>();
    for (let c = 0; c < 32_000; c++) {
      const source = sourceAddressOf(many, c);
      counts.set(source, (counts.get(source) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual(Array(8).fill(4_000));
    expect(counts.has(undefined)).toBe(false);
  });

  it('has only one address for targets that are not loopback', () => {
    expect(sourceAddressesOf(plan(60_000, 'ws://relay.example:80'))).toBe(1);
  });

  it('counts the connections that workloads open themselves', () => {
    const opened = [{ workload: 'a storm', first: 15_000, atOnce: 6_000 }];
    expect(sourceAddressesOf({ ...plan(15_000, 'ws://127.0.0.1:1'), opened })).toBe(8);
  });
});
