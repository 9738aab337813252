import { expect, it } from 'vitest';
import { compareRuns } from '../../../../src/compare/compare.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { regionsSection } from '../../../../src/report/comparison/quantities.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { recordWithRegions } from '../../../support/sample-regions.ts';
import { named } from '../../../support/sample-runs.ts';

/** The same without edges: everything goes to the origin. */
function withoutEdges(): RunRecord {
  const record = recordWithRegions();
  const { regions, metrics } = record;
  if (regions === undefined) throw new Error('the sample has regions');
  const { 'ack_latency{region=region-2}': far, ...others } = metrics;
  if (far === undefined) throw new Error('the sample has clients there');
  return {
    ...record,
    metrics: { ...others, 'ack_latency{region=region-2}': far, 'eose_latency{region=region-2}': far },
    regions: {
      each: regions.each.map((region) => ({
        ...region,
        ...{ edges: [], reads: null, events: null },
        wan: { toOrigin_bytes: 1_000_000, fromOrigin_bytes: 4_000_000 },
      })),
      offload: null,
      originQueries: 2_000,
    },
  };
}

function rowsOf(base: RunRecord, candidate: RunRecord): string[][] {
  const comparison = compareRuns([named('without.json', base)], [named('with.json', candidate)]);
  const content = regionsSection(comparison)?.content;
  if (content?.kind !== 'table') throw new Error('no table');
  return content.rows.map((row) => row.map(({ text }) => text));
}

it('regions with and without edges stand beside each other', () => {
  const rows = rowsOf(withoutEdges(), recordWithRegions());
  const values = Object.fromEntries(rows.map(([, key = '', base, candidate]) => [key, [base, candidate]]));
  expect(values).toMatchObject({
    origin_queries: ['2,000', '120'],
    origin_way_bytes: ['10,000,000', '530,000'],
    'eose_latency{region=region-2} p95': ['123 ms', '3.00 ms'],
    'ack_latency{region=region-2} p95': ['123 ms', '123 ms'],
  });
  expect(values['origin_offload']?.[1]).toBe('93 %');
});

it('ways of which not all were counted are not compared', () => {
  const record = recordWithRegions();
  const { regions } = record;
  if (regions === undefined) throw new Error('the sample has regions');
  const each = regions.each.map((region, at) => (at === 0 ? { ...region, wan: null } : region));
  const rows = rowsOf(recordWithRegions(), { ...record, regions: { ...regions, each } });
  const way = rows.find(([, key]) => key === 'origin_way_bytes');
  expect(way?.[2]).toBe('530,000');
  expect(way?.[3]).not.toMatch(/\d/);
});

it('runs without regions have no such table', () => {
  const run = named('run.json', sampleRecord('pass'));
  expect(regionsSection(compareRuns([run], [run]))).toBeNull();
});
