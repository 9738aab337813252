import { describe, expect, it } from 'vitest';
import { measurableOf } from '../../../src/gate/measurable.ts';
import { resolveGates } from '../../../src/gate/resolve.ts';

const run = measurableOf({
  load: { model: 'open' },
  workloads: { publish: {}, subscribe: {}, query: { filters: [{ name: 'feed' }] } },
  phases: [{ name: 'steady', duration: 10_000 }],
});
const planned = new Map([
  ['ack_latency', 200],
  ['eose_latency', 199],
] as const);

function resolve(expressions: readonly string[], withDefaults = true): readonly string[] {
  return resolveGates({ run, planned, expressions, withDefaults });
}

describe('default gates', () => {
  it('bound the p95 of each latency, or its maximum where samples are too few, and any loss', () => {
    expect(resolve([])).toEqual([
      'ack_latency p95 < 100ms',
      'eose_latency max < 100ms',
      'achieved_rate_ratio >= 99%',
      'connect_ratio >= 100%',
      'connections_lost == 0',
      'ack_ratio >= 100%',
      'query_ratio >= 100%',
      'delivery_ratio >= 100%',
      'subscriptions_closed == 0',
      'query_overflows == 0',
      'events_after_eose == 0',
      'deliveries_unmatched == 0',
      'events_invalid == 0',
    ]);
  });

  it('are left out on demand', () => {
    expect(resolve(['notices == 0'], false)).toEqual(['notices == 0']);
  });
});

describe('own gates', () => {
  it.each([
    ['ack_latency p95 < 250ms', 'ack_latency p95 < 100ms'],
    ['eose_latency p95 < 1s', 'eose_latency max < 100ms'],
    ['eose_latency max <= 1s', 'eose_latency max < 100ms'],
    ['delivery_ratio >= 99%', 'delivery_ratio >= 100%'],
    ['connections_lost <= 3', 'connections_lost == 0'],
  ])('"%s" takes the place of the default "%s"', (own, standard) => {
    expect(resolve([own])).not.toContain(standard);
    expect(resolve([own])).toContain(own);
  });

  it.each([
    'ack_latency p99 < 250ms',
    'ack_latency{phase=steady} p95 < 250ms',
    'ack_latency p95 > 1ms',
    'ack_latency_service p95 < 250ms',
  ])('"%s" stands beside the default gates', (own) => {
    expect(resolve([own])).toEqual([...resolve([]), own]);
  });

  it('that say the same stand once', () => {
    expect(resolve(['notices==0', 'notices count == 0'], false)).toEqual(['notices == 0']);
  });
});
