import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { FORMATS } from '../../../../src/report/formats.ts';
import { regionsSection } from '../../../../src/report/view/regions.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { recordWithRegions } from '../../../support/sample-regions.ts';

function rowsOf(record: RunRecord): string[][] {
  const content = regionsSection(record)?.content;
  if (content?.kind !== 'table') throw new Error('no table');
  return content.rows.map((row) => row.map(({ text }) => text));
}

describe('the regions in a report', () => {
  it('stand beside each other: where reads were answered, what the ways carried, latencies near and far', () => {
    const record = recordWithRegions();
    const rows = rowsOf(record);
    expect(rows.slice(0, 13)).toEqual([
      ['way to the origin and back', '40.0 ms', '120 ms', ''],
      ['edges', '1', '2', '3'],
      ['reads', '1,000', '1,000', '2,000'],
      ['  by the cache for pages', '100 (10 %)', '0 (0 %)', '100 (5 %)'],
      ['  by what edges held', '820 (82 %)', '950 (95 %)', '1,770 (88.5 %)'],
      ["  with another's question", '30 (3 %)', '0 (0 %)', '30 (1.5 %)'],
      ['  by the origin', '50 (5 %)', '50 (5 %)', '100 (5 %)'],
      ['  held, while the origin was away', '0', '7', '7'],
      ['questions to the origin', '70', '70', '140'],
      ['bytes from the origin', '293 KiB', '195 KiB', '488 KiB'],
      ['bytes to the origin', '19.5 KiB', '9.77 KiB', '29.3 KiB'],
      ['live events from the origin', '600', '1,200', '1,800'],
      ['  deliveries of them to clients', '30,000', '30,000', '60,000'],
    ]);
    const latencies = Object.fromEntries(
      rows.slice(13).map(([label = '', ...texts]) => [label, texts.slice(0, 2)]),
    );
    expect(latencies).toEqual({
      'Query to EOSE, p50': ['2.00 ms', '3.00 ms'],
      'Query to EOSE, p95': ['2.00 ms', '3.00 ms'],
      'Write to OK, p50': ['42.0 ms', '123 ms'],
      'Write to OK, p95': ['42.0 ms', '123 ms'],
    });
    expect(regionsSection(record)?.note).toBe(
      'measured phases; a read is a filter of a REQ, or a page; the origin answered 120 queries, whoever asked; edges spared it 93 % of the questions',
    );
  });

  it('of a run whose edges did not count their questions tell of none', () => {
    const record = recordWithRegions();
    const { regions } = record;
    if (regions === undefined) throw new Error('no regions');
    const each = regions.each.map((region) => {
      if (region.reads === null) return region;
      const { questions: _, ...reads } = region.reads;
      return { ...region, reads };
    });
    const labels = rowsOf({ ...record, regions: { ...regions, each } }).map(([label]) => label);
    expect(labels).toContain('  by the origin');
    expect(labels).not.toContain('questions to the origin');
  });

  it('without edges have no reads to tell of', () => {
    const record = recordWithRegions();
    const { regions } = record;
    if (regions === undefined) throw new Error('no regions');
    const each = regions.each.map((region) => ({ ...region, edges: [], reads: null, events: null }));
    const labels = rowsOf({ ...record, regions: { ...regions, each, offload: null } }).map(
      ([label]) => label,
    );
    expect(labels).not.toContain('reads');
    expect(labels).not.toContain('live events from the origin');
    expect(labels).toContain('bytes from the origin');
  });

  it.each(['terminal', 'md', 'html'])('are part of the %s report', (name) => {
    const format = FORMATS.run.find((one) => one.name === name);
    const text = format?.render(recordWithRegions(), { color: false, columns: 100, files: [] });
    expect(text).toContain('bytes from the origin');
    expect(text).toContain('950 (95 %)');
  });

  it('are none where there are none', () => {
    expect(regionsSection(sampleRecord('pass'))).toBeNull();
  });
});
