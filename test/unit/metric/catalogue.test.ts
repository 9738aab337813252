import { describe, expect, it } from 'vitest';
import { allMetricNames, baseLatency, LATENCY_NAMES, metricKind } from '../../../src/metric/catalogue.ts';

describe('metric catalogue', () => {
  it('gives every name one kind and uses no name twice', () => {
    const names = allMetricNames();
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(metricKind(name)).not.toBeNull();
  });

  it.each([
    ['ack_latency', 'latency'],
    ['ack_latency_service', 'latency'],
    ['ack_ratio', 'ratio'],
    ['events_sent', 'counter'],
    ['events_rejected', 'counter-map'],
    ['send_lag_service', null],
    ['toString', null],
    ['', null],
  ] as const)('knows what "%s" is: %s', (name, kind) => {
    expect(metricKind(name)).toBe(kind);
  });

  it('names measures in snake case', () => {
    for (const name of allMetricNames()) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('has the order of latencies that processes identify them by', () => {
    expect(LATENCY_NAMES.slice(0, 4)).toEqual([
      'connect_latency',
      'connect_latency_service',
      'reconnect_latency',
      'reconnect_latency_service',
    ]);
  });

  it('finds the latency of a service time', () => {
    expect(baseLatency('delivery_last_latency_service')).toBe('delivery_last_latency');
    expect(baseLatency('send_lag')).toBe('send_lag');
  });
});
