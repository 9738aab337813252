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
    durability: 'async',
    cache: 'l2',
    services: [{ ...RELAY, ...changes }],
    failovers: [],
  };
}

describe('the status of a stack', () => {
  test('shows health, connections, CPU, memory, throughput and hit rates of a service', () => {
    const text = renderStatus(statusWith({}), false);
    for (const part of ['ok', '33', '42 %', '100 MiB', '12 events/s', 'L1 hits 93 %']) {
      expect(text).toContain(part);
    }
  });

  test('says what is wrong with a service and how often it was started again', () => {
    const text = renderStatus(
      statusWith({ problem: 'its process has ended', cpu: null, restarts: 3 }),
      false,
    );
    expect(text).toContain('its process has ended');
    expect(text).toContain('3 restarts');
  });

  test('a lag is told only of a replica', () => {
    expect(renderStatus(statusWith({ figures: { replayLag_ms: 12.4 } }), false)).toContain('lag 12 ms');
    expect(renderStatus(statusWith({}), false)).not.toContain('lag');
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
