import { describe, expect, it } from 'vitest';
import { measurableOf } from '../../../src/gate/measurable.ts';
import { resolveGates } from '../../../src/gate/resolve.ts';
import type { BaseLatency } from '../../../src/metric/latencies.ts';

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

describe('default gates of phases', () => {
  const phased = measurableOf({
    load: { model: 'open' },
    workloads: { publish: {} },
    phases: ['long', 'short', 'tiny'].map((name) => ({ name, duration: 10_000 })),
  });
  const byPhase = new Map([
    ['long', new Map<BaseLatency, number>([['ack_latency', 8_000]])],
    ['short', new Map<BaseLatency, number>([['ack_latency', 240]])],
    ['tiny', new Map<BaseLatency, number>([['ack_latency', 199]])],
  ]);
  const gatesOf = (own: readonly string[], withDefaults = true) =>
    resolveGates({
      run: phased,
      planned: new Map([['ack_latency', 8_439]] as const),
      plannedByPhase: byPhase,
      expressions: own,
      withDefaults,
    }).filter((text) => text.startsWith('ack_latency'));

  it('bound the p95 in every phase that has enough operations for one, and the whole', () => {
    expect(gatesOf([])).toEqual([
      'ack_latency p95 < 100ms',
      'ack_latency{phase=long} p95 < 100ms',
      'ack_latency{phase=short} p95 < 100ms',
    ]);
  });

  it('take the limit of what replaces the default gate of the whole', () => {
    expect(gatesOf(['ack_latency p95 <= 2s'])).toEqual([
      'ack_latency{phase=long} p95 <= 2s',
      'ack_latency{phase=short} p95 <= 2s',
      'ack_latency p95 <= 2s',
    ]);
  });

  it('make way for an own gate on the same figure of that phase, and stay in the others', () => {
    expect(gatesOf(['ack_latency{phase=short} p95 < 500ms'])).toEqual([
      'ack_latency p95 < 100ms',
      'ack_latency{phase=long} p95 < 100ms',
      'ack_latency{phase=short} p95 < 500ms',
    ]);
  });

  it('stay beside an own gate on another figure of that phase', () => {
    expect(gatesOf(['ack_latency{phase=short} p99 < 500ms'])).toContain(
      'ack_latency{phase=short} p95 < 100ms',
    );
  });

  it('are left out with the others', () => {
    expect(gatesOf([], false)).toEqual([]);
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
