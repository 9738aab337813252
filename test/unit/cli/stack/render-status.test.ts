import { describe, expect, test } from 'vitest';
import { renderStatus } from '../../../../src/cli/stack/render-status.ts';
import { defaultStackDir } from '../../../../src/cli/stack/stack-dir.ts';
import type { ServiceStatus, StackStatus } from '../../../../src/stack/status.ts';

const RELAY: ServiceStatus = {
  name: 'relay-1',
  role: 'relay',
  pid: 7,
  ports: { ws: 21_000 },
  problem: null,
  cpu: 0.42,
  rss_bytes: 100 * 2 ** 20,
  restarts: 0,
  figures: { connections: 33, l1Hits_total: 93, l1Misses_total: 7 },
  perSecond: { events: 12.4 },
};

function statusWith(changes: Partial<ServiceStatus>): StackStatus {
  return {
    profile: 'scaled',
    phase: 'up',
    dir: '/stack',
    url: 'ws://127.0.0.1:21000/',
    urls: ['ws://127.0.0.1:21000/'],
    durability: 'async',
    cache: 'l2',
    settings: {},
    withoutIndexes: false,
    services: [{ ...RELAY, ...changes }],
    failovers: [],
  };
}

function textOf(status: StackStatus, columns = 80, wide = false): string {
  return renderStatus(status, { colour: false, columns, wide });
}

describe('the status of a stack', () => {
  test.each([80, 100, 160])('fits %d columns, ports only where they are asked for', (columns) => {
    const busy: Partial<ServiceStatus>[] = [
      { name: 'postgres-primary-1', role: 'postgres primary', perSecond: { commits: 12_345 } },
      { name: 'haproxy', role: 'load balancer', perSecond: { bytesOut: 9e8 } },
      { name: 'haproxy-db', role: 'database balancer', perSecond: { bytesToRelays: 9e8 } },
      {
        name: 'redis-cluster-3',
        role: 'cache node',
        problem: 'its process has ended and was not started again',
      },
      {
        figures: {
          connections: 33_000,
          l1Hits_total: 93,
          l1Misses_total: 7,
          l2Hits_total: 9,
          l2Misses_total: 1,
        },
      },
    ];
    const status = { ...statusWith({}), services: busy.map((one) => ({ ...RELAY, ...one })) };
    const text = textOf(status, columns);
    expect(text.split('\n').filter((line) => [...line].length > columns)).toEqual([]);
    expect(text).not.toContain('21000,');
    expect(text).not.toContain('ws 21000');
    expect(textOf(status, columns, true)).toContain('ws 21000');
  });

  test('shows health, connections, CPU, memory, throughput and hit rates of a service', () => {
    const text = textOf(statusWith({}));
    for (const part of ['ok', '33', '42 %', '100 MiB', '12 events/s', 'L1 hits 93 %']) {
      expect(text).toContain(part);
    }
  });

  test.each([
    [{ bytesOut: 2 ** 20 }, '1.00 MiB/s to clients'],
    [{ bytesToRelays: 2 ** 20 }, '1.00 MiB/s to relays'],
  ])('says to whom a balancer sent how much: %j', (perSecond, expected) => {
    expect(textOf(statusWith({ perSecond }), 160)).toContain(expected);
  });

  test('says what was set and what its tables lack', () => {
    const status = { ...statusWith({}), settings: { 'relay.pool': '1' }, withoutIndexes: true };
    expect(textOf(status, 160)).toContain('cache l2, relay.pool=1, without covering indexes\n');
    expect(textOf(statusWith({}), 160)).toContain('cache l2\n');
  });

  test('says what is wrong with a service and how often it was started again', () => {
    const text = textOf(statusWith({ problem: 'its process has ended', cpu: null, restarts: 3 }), 160);
    expect(text).toContain('its process has ended');
    expect(text).toContain('3 restarts');
  });

  test('a lag is told only of a replica', () => {
    expect(textOf(statusWith({ figures: { replayLag_ms: 12.4 } }))).toContain('lag 12 ms');
    expect(textOf(statusWith({}))).not.toContain('lag');
  });
});

describe('the directory of a stack', () => {
  test("lies in the user's state directory, for root in /var/lib unless XDG_STATE_HOME names a place", () => {
    expect(defaultStackDir({ XDG_STATE_HOME: '/state' }, 1_000)).toBe('/state/relay-bench/stack');
    expect(defaultStackDir({}, 1_000)).toMatch(/\.local\/state\/relay-bench\/stack$/);
    expect(defaultStackDir({}, 0)).toBe('/var/lib/relay-bench/stack');
    expect(defaultStackDir({ XDG_STATE_HOME: '/state' }, 0)).toBe('/state/relay-bench/stack');
  });
});
