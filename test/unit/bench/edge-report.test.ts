import { describe, expect, test } from 'vitest';
import { failoverTable, fanoutTable, readTable } from '../../../bench/edge-report.mjs';
import type { RunRecord } from '../../../src/record/schema.ts';
import { recordWithRegions } from '../../support/sample-regions.ts';

const BASE = recordWithRegions();
const AUDIT = { acknowledged: 500, lost: [], invariants: [] } as unknown as NonNullable<RunRecord['audit']>;

/** Without edges reads in the far region take 130 ms. */
function without(): RunRecord {
  const far = 'eose_latency{region=region-2}';
  const slow = { ...BASE.metrics[far], p95_us: 130_000 } as RunRecord['metrics'][string];
  return { ...BASE, metrics: { ...BASE.metrics, [far]: slow } };
}

function beside(more: Partial<RunRecord> = {}): RunRecord {
  return { ...BASE, audit: AUDIT, ...more };
}

function withCounters(counters: Partial<RunRecord['counters']>): RunRecord {
  return beside({ counters: { ...BASE.counters, ...counters } });
}

function unmet({ targets }: ReturnType<typeof readTable>): readonly string[] {
  return targets.filter(({ isMet }) => !isMet).map(({ text }) => text);
}

describe('the tables of the edge', () => {
  test('tell reads at the edge, latencies and bytes beside those without edges, and what the issue asks of them', () => {
    const table = readTable([without()], [beside()]);
    expect(table.rows[0]).toEqual(['reads answered at the edge, %', '–', '93.00']);
    expect(table.rows.find(([name]) => name?.startsWith('EOSE p95 in the far'))).toEqual([
      'EOSE p95 in the far region, ms',
      '130.00',
      '3.00',
    ]);
    expect(unmet(table)).toEqual([]);
  });

  test('miss a target that a single run misses', () => {
    const violated = { ...AUDIT, invariants: [{ violated: 1 }] } as unknown as typeof AUDIT;
    const table = readTable([without(), BASE], [beside(), beside({ audit: violated, verdict: 'invalid' })]);
    expect(unmet(table)).toEqual([
      'EOSE p95 > 120 ms in the far region without',
      'audit of origin and edges: 0 violations',
      'every run valid',
    ]);
  });

  test('miss a target of which a run knows nothing', () => {
    const { audit: _, ...unaudited } = beside();
    expect(unmet(readTable([without()], [unaudited]))).toEqual(['audit of origin and edges: 0 violations']);
  });

  test('ask for one delivery of the origin for an event and region', () => {
    expect(unmet(fanoutTable([withCounters({ events_sent: 900 })]))).toEqual([]);
    expect(unmet(fanoutTable([withCounters({ events_sent: 450, deliveries_missing: 1 })]))).toEqual([
      'one delivery of the origin for an event and region, however many subscribers',
      'nothing missing',
    ]);
  });

  test('ask for nothing lost, missing or twice after the origin was gone', () => {
    const faults = [{ recoveredMs: 17_000 }] as unknown as NonNullable<RunRecord['faults']>;
    const good = { ...beside({ faults }), counters: { ...BASE.counters, deliveries_duplicate: 0 } };
    const bad = {
      ...good,
      audit: { ...AUDIT, lost: ['a', 'b'] },
      counters: { ...good.counters, deliveries_duplicate: 1 },
    };
    expect(unmet(failoverTable([good]))).toEqual([]);
    expect(failoverTable([good]).rows.at(-1)).toEqual(['all is well again, s after the kill', '17.0']);
    expect(unmet(failoverTable([good, bad]))).toEqual([
      '0 acknowledged events lost',
      '0 deliveries missing and 0 twice after the catch-up',
    ]);
  });
});
